import { refusedOutcome } from "@aicd/core";
import type { Refusal } from "./refusals.ts";

/** What its author gets at the place where it was said. */
export type Reaction = "eyes" | "rocket" | "confused";

/** What can become of an intent that is done, with the first answer to it. */
const DONE = {
  "task.queued": "eyes",
  "retry.queued": "eyes",
  /** The stored change is published; nothing is paid for again. */
  "publishing.resumed": "eyes",
  /** What there is of an unfinished change is published, because a person says so. */
  "partial.publishing": "eyes",
  "plan.approved": "rocket",
  "policy.overridden": "rocket",
  "plan.revised": "eyes",
  "input.given": "eyes",
  "task.cancelled": "rocket",
  "revision.requested": "eyes",
  /** The last retry gave up; the review is the wish for another. */
  "revision.retried": "eyes",
  /** A retry is at work; the review is the next one's. */
  "revision.kept": "eyes",
  "status.shown": "rocket",
  "task.explained": "rocket",
  "question.answered": "rocket",
  "help.given": "rocket",
  /** What stands in the way is looked for; a comment says it. */
  "examination.owed": "eyes",
  "base.followed": undefined,
  "pull_request.merged": undefined,
  "pull_request.closed": undefined,
} as const satisfies Record<string, Reaction | undefined>;
export type Done = keyof typeof DONE;

/** A fact that concerns no task of ours, or one that is told by another. Nobody asked, so nobody is answered. */
type Void = "not.ours" | "already.ended" | "left.to.pull_request";

/** What an intent led to. Nothing else can come of one, and a door that forgets a kind does not compile. */
export type Outcome =
  | { kind: "done"; done: Done }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "void"; why: Void };

export function done(what: Done): Outcome {
  return { kind: "done", done: what };
}

export function refused(refusal: Refusal): Outcome {
  return { kind: "refused", refusal };
}

/** The word for the record. */
export function wordOf(outcome: Outcome): string {
  if (outcome.kind === "done") return outcome.done;
  return outcome.kind === "refused" ? refusedOutcome(outcome.refusal) : outcome.why;
}

/** The first answer; undefined: none is owed. */
export function reactionTo(outcome: Outcome): Reaction | undefined {
  if (outcome.kind === "done") return DONE[outcome.done];
  if (outcome.kind === "void") return undefined;
  // A second label on an issue at work is no mistake of anybody's.
  return outcome.refusal === "task.exists" ? "eyes" : "confused";
}
