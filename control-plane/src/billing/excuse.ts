import { type FailureReason, isExcuse } from "@aicd/core";
import { type Attempt, excuseCalls, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";

/** Takes what an attempt spent off the bill where it ended by no doing of the customer's, in the ending's transaction. */
export async function excuse(
  deps: Pick<Deps, "log">,
  tx: TenantTx,
  attempt: Pick<Attempt, "id" | "taskId">,
  reason: FailureReason,
): Promise<void> {
  if (!isExcuse(reason)) return;
  const calls = await excuseCalls(tx, attempt, reason);
  if (calls === 0) return;
  const facts = { ...tx.scope, taskId: attempt.taskId, attemptId: attempt.id, reason, calls };
  tx.afterCommit(() => deps.log.info(facts, "calls of a failed attempt are not billed"));
}
