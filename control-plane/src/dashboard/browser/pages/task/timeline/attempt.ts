import type { Task } from "@aicd/sdk";
import { type ComponentChild, type ComponentChildren, h } from "preact";
import { useState } from "preact/hooks";
import { Chip, Out, prose } from "../../../parts.ts";
import { count, lasted, money } from "../../../words.ts";

type Attempt = Task["attempts"][number];

const PHASES = { plan: "planning", code: "coding", revise: "revising" } as const;
const TONES: Record<string, string> = {
  pending: "idle",
  dispatched: "idle",
  leased: "busy",
  succeeded: "good",
  failed: "bad",
  lost: "bad",
};

/** One attempt: how it stands, how long it took, what it used, what happened in it, and what it answered. */
export function AttemptBlock(input: {
  attempt: Attempt;
  task: Task;
  isOpen: boolean;
  children?: ComponentChildren;
}): ComponentChild {
  const { attempt, task, isOpen, children } = input;
  const { number, phase, state, runUrl, receipts, detail } = attempt;
  const [touched, setTouched] = useState<boolean>();
  const open = touched ?? isOpen;
  return h(
    "section",
    { class: "attempt", "aria-label": `Attempt ${number}` },
    h(
      "div",
      { class: "file-head" },
      h(
        "h3",
        null,
        h(
          "button",
          { type: "button", class: "plain fold", "aria-expanded": open, onClick: () => setTouched(!open) },
          `Attempt ${number}, ${PHASES[phase]}`,
        ),
      ),
      h(Chip, { tone: TONES[state] ?? "idle" }, state),
      h("span", { class: "grow" }),
      h("span", { class: "quiet counts" }, tollOf(attempt)),
      runUrl !== null && h(Out, { href: runUrl }, "Log"),
    ),
    open && [
      detail !== null && h("p", { class: "quiet text" }, prose(detail)),
      children,
      receipts.length > 0 && h(Receipts, { receipts, task }),
    ],
  );
}

/** Time, tokens and money, as far as there is any. */
function tollOf({ createdAt, endedAt, tokens, spentMicroUsd }: Attempt): string {
  const ms = new Date(endedAt ?? Date.now()).getTime() - new Date(createdAt).getTime();
  const all = tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite;
  const parts = [endedAt === null ? `for ${lasted(ms)} now` : lasted(ms)];
  if (all > 0) parts.push(`${count(all, "token")} (${tokens.output.toLocaleString("en-US")} written)`);
  if (spentMicroUsd > 0) parts.push(money(spentMicroUsd));
  return parts.join(" · ");
}

const ANSWERS = {
  changed: { label: "Changed", tone: "good" },
  declined: { label: "Not changed", tone: "asks" },
  question: { label: "Asks back", tone: "asks" },
} as const;

/** Each thread of a review gets an answer; here they are together. */
function Receipts({ receipts, task }: { receipts: Attempt["receipts"]; task: Task }): ComponentChild {
  const { pullRequest } = task;
  return [
    h("h4", null, "Answers to the review"),
    h(
      "ul",
      { class: "runs" },
      receipts.map(({ commentId, kind, text }) =>
        h(
          "li",
          { key: commentId },
          h(Chip, { tone: ANSWERS[kind].tone }, ANSWERS[kind].label),
          " ",
          h("span", { class: "text" }, prose(text)),
          " ",
          pullRequest !== null && h(Out, { href: `${pullRequest.url}#discussion_r${commentId}` }, "Thread"),
        ),
      ),
    ),
  ];
}
