import { endByPullRequest } from "../tasks/fate/ask-pull-request.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome } from "./outcome.ts";

/** Somebody merged or closed the pull request. */
export async function pullRequestEnded(
  { deps, tx, task }: Applying,
  intent: IntentOf<"pull_request.merged" | "pull_request.closed">,
): Promise<Outcome> {
  if (task === undefined || task.pullRequestNumber !== intent.pullRequestNumber)
    return { kind: "void", why: "not.ours" };
  const state = intent.type === "pull_request.merged" ? "merged" : "closed";
  const ended = await endByPullRequest(deps, tx, task.id, { state, by: intent.actor.login });
  return ended ? done(intent.type) : { kind: "void", why: "already.ended" };
}
