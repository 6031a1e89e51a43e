import type { Event as Fact } from "@aicd/sdk";
import { count, entryOf, money, sentence } from "../../../words.ts";

export type Told = {
  text: string;
  detail?: string;
  tone: "idle" | "busy" | "asks" | "good" | "bad";
  minor?: true;
};

/** An event in words. Bodies are what a release of ours wrote, maybe an older one, so every field is checked. */
export function tell({ type, body }: Fact): Told {
  const text = (name: string) => (typeof body[name] === "string" ? body[name] : "");
  const number = (name: string) => (typeof body[name] === "number" ? body[name] : undefined);
  const by = text("by") === "" ? "" : ` by ${text("by")}`;
  const teller = entryOf(TELLERS, type);
  if (teller === undefined) return { text: sentence(type), tone: "idle" };
  return teller({ text, number, by, failed: body.ok === false });
}

type Fields = {
  text: (name: string) => string;
  number: (name: string) => number | undefined;
  by: string;
  failed: boolean;
};

export const TELLERS: Record<string, (fields: Fields) => Told> = {
  "task.queued": ({ by }) => ({ text: `Asked for${by}`, tone: "idle" }),
  "planning.started": ({ number }) => ({ text: `Planning started${attempt(number)}`, tone: "busy" }),
  "coding.started": ({ number }) => ({ text: `Coding started${attempt(number)}`, tone: "busy" }),
  "plan.proposed": ({ text }) => ({ text: "Plan proposed", detail: text("hash"), tone: "asks" }),
  "plan.accepted": ({ text }) => ({
    text: "Plan accepted without waiting",
    detail: text("hash"),
    tone: "good",
  }),
  "plan.approved": ({ by, text }) => ({ text: `Plan approved${by}`, detail: text("hash"), tone: "good" }),
  "plan.revised": ({ by }) => ({ text: `Another plan asked for${by}`, tone: "idle" }),
  "plan.expired": () => ({ text: "Nobody approved the plan in time", tone: "bad" }),
  "question.asked": () => ({ text: "A question was asked on the issue", tone: "asks" }),
  "input.given": ({ by }) => ({ text: `Answered${by}`, tone: "idle" }),
  "changes.proposed": ({ number }) => ({
    text: `Change proposed, ${count(number("files") ?? 0, "file")}`,
    tone: "busy",
  }),
  "review.rejected": ({ number }) => ({
    text: `Sent back by the critic, ${count(number("findings") ?? 0, "finding")}`,
    tone: "asks",
  }),
  "review.approved": () => ({ text: "Approved by the critic and the policy", tone: "good" }),
  "policy.blocked": () => ({ text: "Stopped by the policy", tone: "bad" }),
  "policy.overridden": ({ by }) => ({ text: `Policy overridden${by}`, tone: "asks" }),
  "pull_request.opened": ({ number }) => ({
    text: `Pull request #${number("number") ?? "?"} written`,
    tone: "good",
  }),
  "pull_request.merged": ({ by }) => ({ text: `Merged${by}`, tone: "good" }),
  "pull_request.closed": ({ by }) => ({ text: `Pull request closed${by}`, tone: "idle" }),
  "publishing.resumed": ({ text }) => ({
    text: "Publishing begins again",
    detail: text("by"),
    tone: "busy",
  }),
  "publishing.failed": ({ text }) => ({ text: "Publishing failed", detail: text("detail"), tone: "bad" }),
  "revision.requested": ({ by }) => ({ text: `Changes requested${by}`, tone: "asks" }),
  "checks.failed": () => ({ text: "Checks of the pull request failed", tone: "bad" }),
  "attempt.retried": ({ text }) => ({
    text: "Tried once more",
    detail: sentence(text("reason")),
    tone: "asks",
  }),
  "attempt.failed": ({ text }) => ({
    text: "Gave up",
    detail: text("detail") || sentence(text("reason")),
    tone: "bad",
  }),
  "retry.requested": ({ by }) => ({ text: `Retry asked for${by}`, tone: "idle" }),
  "task.cancelled": ({ by, text }) => ({ text: `Cancelled${by}`, detail: text("reason"), tone: "idle" }),
  "phase.entered": ({ text }) => ({ text: sentence(text("phase")), detail: text("detail"), tone: "busy" }),
  "check.run": ({ text, number }) => ({
    text: `Check ${number("exitCode") === 0 ? "passed" : "failed"}`,
    detail: text("command"),
    tone: number("exitCode") === 0 ? "good" : "bad",
  }),
  "note.made": ({ text }) => ({ text: "Note", detail: text("text"), tone: "idle" }),
  "tool.used": ({ text, failed }) => ({
    text: text("tool"),
    detail: text("detail"),
    tone: failed ? "bad" : "idle",
    minor: true,
  }),
  "model.used": ({ text, number }) => ({
    text: text("model"),
    detail: money(number("microUsd") ?? 0),
    tone: "idle",
    minor: true,
  }),
};

function attempt(number: Fields["number"]): string {
  const which = number("number");
  return which === undefined || which === 1 ? "" : `, attempt ${which}`;
}
