import { askersOf } from "@aicd/core";
import { type Attempt, countPublishedChanges, listRecentEvents, type Task, type TenantTx } from "@aicd/db";

/** A round of work on a task: the first makes the pull request, each later one answers reviews of it. */
export type RoundFacts = {
  /** From one. */
  number: number;
  /** Logins; empty where nobody is known any more. */
  askedBy: string[];
  /** Comments of the reviews; undefined: they were not read yet. */
  threads: number | undefined;
};

const EVENTS = 50;
/** What a later round begins with; checks that fail ask by themselves. */
const ASKS: ReadonlySet<string> = new Set(["revision.requested", "retry.requested", "checks.failed"]);

/** The round a task is in, or was in when it came to rest. */
export async function roundOf(tx: TenantTx, task: Task, attempt: Attempt | undefined): Promise<RoundFacts> {
  const first = { number: 1, askedBy: [task.requestedBy.login], threads: undefined };
  if (task.pullRequestNumber === null) return first;
  const isPublished = task.state === "PR_OPEN" || task.state === "MERGED" || task.state === "CLOSED";
  const number = (await countPublishedChanges(tx, task.id)) + (isPublished ? 0 : 1);
  if (number <= 1) return first;
  const review = attempt?.phase === "revise" ? attempt.context?.snapshot.review : undefined;
  // A round that waits for its runner has read nothing yet; the attempt there is belongs to the one before.
  if (review !== undefined && task.state !== "QUEUED") {
    return { number, askedBy: askersOf(review), threads: review.comments.length };
  }
  const events = await listRecentEvents(tx, { taskId: task.id, limit: EVENTS });
  const asked = events.findLast(({ type }) => ASKS.has(type));
  const by = asked?.body.by;
  return { number, askedBy: typeof by === "string" ? [by] : [], threads: undefined };
}
