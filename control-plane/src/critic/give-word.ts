import { type CriticVerdict, decideReview, listFindings } from "@aicd/core";
import type { Scope } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { type Asked, findWaiting } from "../tasks/critic/waiting.ts";
import { storeWord, timesRejected } from "../tasks/critic/word.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { move } from "../tasks/move.ts";

/**
 * Writes down what the critic said and what follows: the runner may have its change published, or codes again, or the
 * attempt is over. Under the attempt's lock, so that of two answers one counts.
 */
export async function giveWord(
  deps: Deps,
  scope: Scope,
  { asked, verdict, isLast }: { asked: Asked; verdict: CriticVerdict; isLast: boolean },
): Promise<void> {
  await deps.db.withTenant(scope, async (tx) => {
    const waiting = await findWaiting(deps, tx, asked, "for update");
    if (waiting === undefined || (waiting.earlier !== undefined) !== isLast) return;
    const { attempt, changeSet } = waiting;
    const about = { taskId: attempt.taskId, changeSetId: changeSet.id, attemptId: attempt.id };
    const rounds = attempt.context.settings.reviewRounds - (await timesRejected(tx, attempt));
    const decision = decideReview(verdict, isLast ? 0 : Math.max(0, rounds));
    if (decision.kind === "approve") {
      return storeWord(deps, tx, about, { kind: "approved", verdict: decision.verdict });
    }
    await storeWord(deps, tx, about, { kind: "rejected", verdict });
    if (decision.kind === "give-up") {
      const detail = `${verdict.summary}\n${listFindings(verdict.findings)}`.slice(0, 8_000);
      await failAttempt(deps, tx, { attempt, state: "failed", reason: "not_approved_by_critic", detail });
      return;
    }
    await move(deps, tx, {
      taskId: attempt.taskId,
      trigger: "review.rejected",
      event: { attemptId: attempt.id, digest: changeSet.digest, findings: verdict.findings.length },
    });
  });
}
