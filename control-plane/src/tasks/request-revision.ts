import { countAttempts, setTask, type Task, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import type { Applying, IntentOf, Outcome } from "./apply-intent.ts";
import { move } from "./move.ts";

/** A submitted review is one retry on the same branch. */
export async function requestRevision(
  { deps, tx, task }: Applying,
  intent: IntentOf<"revision.requested">,
): Promise<Outcome> {
  // Reviews of pull requests that are not ours are nobody's request.
  if (task === undefined || task.pullRequestNumber !== intent.pullRequestNumber)
    return { outcome: "not.ours" };
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
      return { outcome: "lost", reaction: "confused" };
    }
    await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
    return { outcome: "revision.retried", reaction: "eyes" };
  }
  const moved = await beginRevision(deps, tx, { task, reviewId: intent.reviewId, by });
  if (moved) return { outcome: "revision.requested", reaction: "eyes" };
  // A retry is at work: this review is the next one's.
  await setTask(tx, task.id, { nextReviewId: intent.reviewId });
  return { outcome: "revision.kept", reaction: "eyes" };
}

/** From an open pull request back to work. False: it is not open, or at work already. */
export async function beginRevision(
  deps: Deps,
  tx: TenantTx,
  input: { task: Task; reviewId: number; by: string },
): Promise<boolean> {
  const { task, reviewId, by } = input;
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "revision.requested",
    set: { phase: "revise", reviewId, nextReviewId: null, retriesFrom: await countAttempts(tx, task.id) },
    event: { by, reviewId },
  });
  if (moved === undefined) return false;
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return true;
}
