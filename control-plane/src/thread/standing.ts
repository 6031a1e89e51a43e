import { findChangeSet, findPlan, type Task, type TenantTx } from "@aicd/db";
import type { Standing } from "./what-now.ts";

/** What has to be known of a task to say what can be done about it. */
export async function standingOf(tx: TenantTx, task: Task): Promise<Standing> {
  const { state, pullRequestNumber, planId, changeSetId } = task;
  const standing = { state, hasPullRequest: pullRequestNumber !== null };
  if (state === "AWAITING_APPROVAL" && planId !== null) {
    return { ...standing, hash: (await findPlan(tx, planId))?.hash };
  }
  if (state === "BLOCKED" && changeSetId !== null) {
    return { ...standing, hash: (await findChangeSet(tx, { id: changeSetId }))?.digest.slice(0, 12) };
  }
  return standing;
}
