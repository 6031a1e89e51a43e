import { judge } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import { findAttempt, findKeptWork, type KeptWork, type Task, type TenantTx } from "@aicd/db";

/** Unfinished work that could be published as a draft, or why there is none. */
export type PartialWork = { kind: "publishable"; work: KeptWork } | { kind: "missing" | "blocked" };

/**
 * What a FAILED task has of its change. No judge has agreed to it, so only what the policy allows by itself may
 * go out; what was published already is nobody's unfinished work.
 */
export async function findPartialWork(tx: TenantTx, task: Task): Promise<PartialWork> {
  const work = task.state === "FAILED" ? await findKeptWork(tx, task.id) : undefined;
  if (work === undefined || (work.row?.commitSha ?? null) !== null) return { kind: "missing" };
  const attempt = await findAttempt(tx, work.attemptId);
  if (
    attempt?.context == null ||
    judge(work.body, attempt.context.settings, findSecrets).kind !== "allowed"
  ) {
    return { kind: "blocked" };
  }
  return { kind: "publishable", work };
}
