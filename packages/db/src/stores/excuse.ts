import type { AttemptId, Excuse, TaskId } from "@aicd/core";
import type { TenantTx } from "../database.ts";

/**
 * Takes the calls of an attempt off the bill, also those that are still under way. They stay spent: of the task's
 * budget and of the month's. What Stripe's meter has had of them is owed back, by the trigger that bills (migration
 * 0023). The first excuse of a call stays.
 * @returns how many of those booked by now it took off
 */
export async function excuseCalls(
  tx: TenantTx,
  attempt: { id: AttemptId; taskId: TaskId },
  excuse: Excuse,
): Promise<number> {
  const { tenantId } = tx.scope;
  await tx.query("UPDATE attempts SET excused = $3 WHERE tenant_id = $1 AND id = $2", [
    tenantId,
    attempt.id,
    excuse,
  ]);
  // A call is booked with its task held. Those that hold it now are seen by the next statement, later ones see this.
  await tx.query("SELECT FROM tasks WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", [
    tenantId,
    attempt.taskId,
  ]);
  const { rowCount } = await tx.query(
    `UPDATE usage SET excused = $4
     WHERE tenant_id = $1 AND task_id = $2 AND attempt_id = $3 AND excused IS NULL`,
    [tenantId, attempt.taskId, attempt.id, excuse],
  );
  return rowCount ?? 0;
}
