import { askersOf, type PolicyVerdict } from "@aicd/core";
import {
  type Attempt,
  type ChangeSetRow,
  findAttempt,
  listPublishedChanges,
  listVerdicts,
  type Task,
  type TenantTx,
} from "@aicd/db";
import type { Round } from "@aicd/github";

/** The rounds of a task that were published, in their order. */
export async function publishedRounds(tx: TenantTx, task: Task): Promise<(Round & { id: string })[]> {
  const rounds: (Round & { id: string })[] = [];
  for (const changeSet of await listPublishedChanges(tx, task.id)) {
    const attempt = await findAttempt(tx, changeSet.attemptId);
    const verdicts = await listVerdicts(tx, changeSet.id);
    const sha = changeSet.commitSha ?? undefined;
    rounds.push({ id: changeSet.id, ...toRound(task, { changeSet, attempt, verdicts, sha }) });
  }
  return rounds;
}

/** One round out of its change, the attempt that made it, and how it was judged. */
export function toRound(
  task: Task,
  made: {
    changeSet: ChangeSetRow;
    attempt: Attempt | undefined;
    verdicts: Awaited<ReturnType<typeof listVerdicts>>;
    sha: string | undefined;
  },
): Round {
  const { changeSet, attempt, verdicts, sha } = made;
  const review = attempt?.context?.snapshot.review;
  const receipts = new Map((attempt?.receipts ?? []).map((receipt) => [receipt.commentId, receipt]));
  const policy = verdicts.find(({ judge, kind }) => judge === "policy" && kind !== "overridden");
  return {
    changeSet: changeSet.body,
    evidence: changeSet.evidence,
    policy: (policy?.body as PolicyVerdict | undefined)?.findings ?? [],
    askedBy: review === undefined ? [task.requestedBy.login] : askersOf(review),
    threads: (review?.comments ?? []).map(({ id, path, line }) => ({
      path,
      line,
      receipt: receipts.get(id),
    })),
    sha,
    partial: changeSet.partial,
  };
}
