import { AicdError, type AttemptId, type ChangeSetId, type FailureReason } from "@aicd/core";
import type { Scope } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { scopeOf } from "../facts.ts";
import { causeOf } from "../models/cause-of.ts";
import { type Asked, findWaiting } from "../tasks/critic/waiting.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { askCritic } from "./ask-critic.ts";
import { giveWord } from "./give-word.ts";

type Payload = { tenantId: string; attemptId: string; changeSetId: string };

/**
 * Job `review-change`: the server asks the critic about a change that a runner handed in. Its answer is stored once;
 * a repetition finds that nobody waits for it any more.
 */
export async function reviewChange(deps: Deps, payload: Payload, signal: AbortSignal): Promise<void> {
  const scope = scopeOf(payload);
  const asked = askedOf(payload);
  const waiting = await deps.db.withTenant(scope, (tx) => findWaiting(deps, tx, asked));
  if (waiting === undefined) return;
  if (waiting.earlier !== undefined) {
    // Whoever was asked to mend something and changed nothing has had the last round.
    return giveWord(deps, scope, { asked, verdict: waiting.earlier.verdict, isLast: true });
  }
  const outcome = await askCritic(deps, scope, waiting, signal);
  signal.throwIfAborted();
  if (outcome.kind === "reviewed") {
    return giveWord(deps, scope, { asked, verdict: outcome.verdict, isLast: false });
  }
  // What may pass is tried again while the runner waits.
  if (outcome.reason === "model_unavailable") throw new AicdError("unavailable", outcome.detail);
  await endWaiting(deps, scope, { asked, ...outcome });
}

/** The job is given up: so is what waits for it. */
export async function giveUpReview(deps: Deps, payload: Payload, words: string | undefined): Promise<void> {
  const detail = words ?? "The server's critic could not be asked. The operator's log says more.";
  const reason = words === undefined ? "internal_error" : "model_unavailable";
  await endWaiting(deps, scopeOf(payload), { asked: askedOf(payload), reason, detail });
}

async function endWaiting(
  deps: Deps,
  scope: Scope,
  { asked, ...cause }: { asked: Asked; reason: FailureReason; detail: string },
): Promise<void> {
  await deps.db.withTenant(scope, async (tx) => {
    const waiting = await findWaiting(deps, tx, asked, "for update");
    if (waiting === undefined) return;
    const { attempt, changeSet } = waiting;
    const detail = `${cause.detail} The change was kept as ${changeSet.digest.slice(0, 12)}, but nobody has reviewed it.`;
    const stop = await causeOf(deps, tx, attempt, { reason: cause.reason, detail });
    await failAttempt(deps, tx, { attempt, state: "failed", ...stop });
  });
}

function askedOf({ attemptId, changeSetId }: Payload): Asked {
  return { attemptId: attemptId as AttemptId, changeSetId: changeSetId as ChangeSetId };
}
