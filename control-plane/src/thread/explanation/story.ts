import type { TaskTrigger } from "@aicd/core";
import { codeSpan, line, named } from "@aicd/github";
import { cutEnd } from "../ending/cut.ts";
import { REASONS } from "../reasons.ts";

type Body = Record<string, unknown>;

/** What each fact of a task is to somebody who was not there. A move without a sentence does not compile. */
const SENTENCES = {
  "task.queued": (body) =>
    `${who(body)} asked for ${body.mode === "auto" ? "a change, without waiting for approval" : "a plan"}.`,
  "planning.started": () => "A runner began to plan.",
  "coding.started": () => "A runner began to code.",
  "plan.proposed": (body) => `A plan was shown (${code(body.hash)}) and waited for approval.`,
  "plan.accepted": (body) => `A plan was made (${code(body.hash)}); it did not have to wait for approval.`,
  "plan.approved": (body) => `${who(body)} approved the plan.`,
  "plan.revised": (body) => `${who(body)} asked for another plan.`,
  "plan.expired": () => "Nobody approved the plan in time, so the task ended.",
  "question.asked": () => "A question came up, and the work waited for an answer.",
  "input.given": (body) => `${who(body)} answered it.`,
  "changes.proposed": (body) =>
    `A change of ${number(body.files, "file")} passed the checks and went to our own review.`,
  "review.rejected": (body) => `Our own review sent it back with ${number(body.findings, "finding")}.`,
  "review.approved": () => "Our own review agreed.",
  "policy.blocked": () => "The repository's policy stopped the change; an admin has to decide.",
  "policy.overridden": (body) => `${who(body)} took the change although the policy had stopped it.`,
  "pull_request.opened": (body) => `The change was published as #${Number(body.number) || "?"}.`,
  "publishing.failed": (body) => `Publishing failed${because(body)}`,
  "publishing.resumed": (body) =>
    body.partial === true
      ? `${who(body)} asked to publish the unfinished change as it is.`
      : `${who(body)} asked to publish the finished change again.`,
  "attempt.retried": (body) => `The attempt was lost${because(body)} Another was started.`,
  "attempt.failed": (body) => `The attempt failed${because(body)}`,
  "retry.requested": (body) => `${who(body)} asked for another attempt.`,
  "revision.requested": (body) =>
    body.waited === true
      ? "What reviews had asked for meanwhile was taken up."
      : `${who(body)} asked for changes in a review.`,
  "checks.failed": () => "The pull request's own checks failed, and a repair was started.",
  "pull_request.merged": (body) => `${who(body)} merged the pull request.`,
  "pull_request.closed": (body) => `${who(body)} closed the pull request without merging.`,
  "task.cancelled": (body) =>
    `The task was cancelled${body.by === undefined ? "" : ` by ${who(body)}`}${because(body)}`,
  "check.run": (body) => `${code(body.command)} ${body.exitCode === 0 ? "passed" : "did not pass"}.`,
  "note.made": (body) => line(cutEnd(flat(body.text), 200)),
} as const satisfies Record<TaskTrigger | "task.queued" | "check.run" | "note.made", (body: Body) => string>;

const SENTENCE_OF: ReadonlyMap<string, (body: Body) => string> = new Map(Object.entries(SENTENCES));

/** Undefined: a fact that is only plumbing. */
export function sentenceOf({ type, body }: { type: string; body: Body }): string | undefined {
  return SENTENCE_OF.get(type)?.(body);
}

/** Named, not called: who reads the story asked for it, the others did not. */
function who({ by }: Body): string {
  return typeof by === "string" && by !== "" ? named(by) : "Somebody";
}

function because({ reason, detail }: Body): string {
  const known = Object.entries(REASONS).find(([name]) => name === reason)?.[1];
  if (known !== undefined) return `: ${known.happened.slice(0, 1).toLowerCase()}${known.happened.slice(1)}`;
  const words = flat(detail ?? reason);
  return words === "" ? "." : `: ${line(cutEnd(words, 200)).replace(/\.$/, "")}.`;
}

function number(value: unknown, what: string): string {
  const count = Number(value) || 0;
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function code(value: unknown): string {
  return codeSpan(flat(value).slice(0, 120));
}

/** One line of a fact, if it is a text. */
function flat(value: unknown): string {
  if (typeof value !== "string") return "";
  return value.replaceAll(/\s+/g, " ").trim();
}
