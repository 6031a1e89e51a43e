import type { Plan } from "@aicd/sdk";
import { type ComponentChild, type ComponentChildren, h } from "preact";
import { Chip, prose } from "../../../parts.ts";
import { money } from "../../../words.ts";

const TONES = { proposed: "asks", approved: "good", void: "idle" } as const;

/** The plan as it was proposed. All of it is text that a model wrote, and stays text. */
export function PlanCard({ plan, children }: { plan: Plan; children?: ComponentChildren }): ComponentChild {
  const { hash, state, approvedBy, budgetMicroUsd, baseSha } = plan;
  const { title, understanding, cause, files, tests, checks, risks, questions, estimate } = plan.plan;
  const usd = (dollars: number) => money(dollars * 1e6);
  return h(
    "section",
    { class: "card plan", "aria-labelledby": "plan" },
    h(
      "h2",
      { id: "plan" },
      "Plan ",
      h("code", null, hash),
      " ",
      h(Chip, { tone: TONES[state] }, approvedBy === null ? state : `approved by ${approvedBy.login}`),
    ),
    children,
    h("p", null, h("strong", null, prose(title))),
    h("p", { class: "text" }, prose(understanding)),
    h("h3", null, "Cause"),
    h("p", { class: "text" }, prose(cause)),
    h("h3", null, "Files"),
    h(
      "ul",
      null,
      ...files.map(({ path, change }) =>
        h("li", null, h("code", null, path), h("span", { class: "text" }, " ", prose(change))),
      ),
    ),
    list("Tests", tests),
    list("Checks", checks, true),
    list("Risks", risks),
    list("Open questions", questions),
    h("h3", null, "Estimate"),
    h(
      "p",
      null,
      `${usd(estimate.likelyUsd)} likely (${usd(estimate.lowUsd)} to ${usd(estimate.highUsd)}), about ${estimate.changedLines} changed lines. Hard stop at ${money(budgetMicroUsd)}.`,
    ),
    h(
      "p",
      { class: "quiet" },
      "The hash binds this text, the issue, comments, settings and instructions as they were read, the commit ",
      h("code", null, baseSha.slice(0, 12)),
      " and the budget. If any of them changes before the work begins, the approval is void.",
    ),
  );
}

function list(title: string, items: string[], code = false): ComponentChild {
  if (items.length === 0) return null;
  return [
    h("h3", null, title),
    h(
      "ul",
      null,
      ...items.map((item) =>
        h("li", null, code ? h("code", null, item) : h("span", { class: "text" }, prose(item))),
      ),
    ),
  ];
}
