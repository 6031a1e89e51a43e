import { isTerminal } from "@aicd/core";
import { countAttempts, setTask } from "@aicd/db";
import { beginRevision } from "../tasks/begin-revision.ts";
import { move } from "../tasks/move.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";

/** A submitted review is one retry on the same branch. */
export async function requestRevision(
  { deps, tx, task }: Applying,
  intent: IntentOf<"revision.requested">,
): Promise<Outcome> {
  // Reviews of pull requests that are not ours are nobody's request.
  if (task === undefined || task.pullRequestNumber !== intent.pullRequestNumber)
    return { kind: "void", why: "not.ours" };
  if (isTerminal(task.state)) return refused("review.too_late");
  const by = intent.actor.login;
  if (task.state === "FAILED") {
    // The last retry gave up; the review is the wish for another.
    const set = {
      phase: "revise" as const,
      reviewId: intent.reviewId,
      retriesFrom: await countAttempts(tx, task.id),
    };
    const again = {
      taskId: task.id,
      trigger: "retry.requested" as const,
      set: { ...set, reason: null, detail: null },
    };
    if ((await move(deps, tx, { ...again, event: { by, reviewId: intent.reviewId } })) === undefined) {
      return refused("somebody.was.first");
    }
    await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
    return done("revision.retried");
  }
  const moved = await beginRevision(deps, tx, { task, reviewId: intent.reviewId, by });
  if (moved) return done("revision.requested");
  // A retry is at work: this review is the next one's.
  await setTask(tx, task.id, { nextReviewId: intent.reviewId });
  return done("revision.kept");
}
