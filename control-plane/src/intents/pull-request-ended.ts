import { move } from "../tasks/move.ts";
import { stopAttempt } from "../tasks/stop-attempt.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome } from "./outcome.ts";

/** Somebody merged or closed the pull request: that ends the task, whatever a retry was doing. */
export async function endByPullRequest(
  { deps, tx, task }: Applying,
  intent: IntentOf<"pull_request.merged" | "pull_request.closed">,
): Promise<Outcome> {
  if (task === undefined || task.pullRequestNumber !== intent.pullRequestNumber)
    return { kind: "void", why: "not.ours" };
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: intent.type,
    set: { progress: null },
    event: { by: intent.actor.login },
  });
  if (moved === undefined) return { kind: "void", why: "already.ended" };
  await stopAttempt(deps, tx, task.id, "the pull request was closed");
  return done(intent.type);
}
