import { isTerminal } from "@aicd/core";
import { keepReview } from "@aicd/db";
import { beginRevision } from "../tasks/begin-revision.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";

/**
 * A submitted review is worked on by a retry on the same branch: by one that begins with it, or by the next one
 * when a retry is at work. It is kept first, so that whatever happens then it is answered.
 */
export async function requestRevision(
  { deps, tx, task: known }: Applying,
  intent: IntentOf<"revision.requested">,
): Promise<Outcome> {
  // Reviews of pull requests that are not ours are nobody's request.
  if (known === undefined || known.pullRequestNumber !== intent.pullRequestNumber)
    return { kind: "void", why: "not.ours" };
  if (isTerminal(known.state)) return refused("review.too_late");
  // Its row is locked from here on: a retry that ends at this moment is seen ended, or sees this review.
  const task = await keepReview(tx, known.id, intent.reviewId);
  if (task === undefined || isTerminal(task.state)) return refused("review.too_late");
  const by = intent.actor.login;
  if (task.state === "FAILED") {
    // The last retry gave up; the review is the wish for another.
    const again = await beginRevision(deps, tx, { task, by, trigger: "retry.requested" });
    return again ? done("revision.retried") : refused("somebody.was.first");
  }
  const begun = await beginRevision(deps, tx, { task, by });
  return done(begun ? "revision.requested" : "revision.kept");
}
