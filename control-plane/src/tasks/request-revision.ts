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
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "revision.requested",
    set: { phase: "revise", reviewId: intent.reviewId },
    event: { by: intent.actor.login, reviewId: intent.reviewId },
  });
  if (moved === undefined) return { outcome: "busy", reaction: "confused" };
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return { outcome: "revision.requested", reaction: "eyes" };
}
