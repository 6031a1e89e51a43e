import { move } from "../tasks/move.ts";
import { stopAttempt } from "../tasks/stop-attempt.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";

/** `/aicd cancel`, or the issue was closed. The runner learns of it with its next heartbeat. */
export async function cancel(
  { deps, tx, task }: Applying,
  intent: IntentOf<"task.cancelled">,
): Promise<Outcome> {
  if (task === undefined) return refused("task.missing");
  // Merging the pull request closes the issue too; the pull request's own event tells the truth.
  if (intent.source.kind === "system" && task.pullRequestNumber !== null)
    return { kind: "void", why: "left.to.pull_request" };
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "task.cancelled",
    set: { detail: intent.reason, progress: null },
    event: { by: intent.actor.login, reason: intent.reason },
    endedBy: "person",
  });
  if (moved === undefined) return refused("nothing.to.cancel");
  await stopAttempt(deps, tx, task.id, intent.reason);
  return done("task.cancelled");
}
