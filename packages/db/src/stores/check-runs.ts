import type { TaskId } from "@aicd/core";
import { and, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type CheckRunNote, type Task, tasks } from "../schema/tasks.ts";

/**
 * Takes the check run of a task for one worker, who has it until `releaseCheckRun` or for `leaseMs`.
 * @returns the task; undefined: another worker has it, or there is no such task
 */
export async function claimCheckRun(
  tx: TenantTx,
  taskId: TaskId,
  leaseMs: number,
): Promise<Task | undefined> {
  const [task] = await tx.db
    .update(tasks)
    .set({ checkClaimedUntil: sql`date_trunc('milliseconds', now() + ${leaseMs} * interval '1 ms')` })
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        eq(tasks.id, taskId),
        sql`(${tasks.checkClaimedUntil} IS NULL OR ${tasks.checkClaimedUntil} <= now())`,
      ),
    )
    .returning();
  return task;
}

export async function noteCheckRun(tx: TenantTx, taskId: TaskId, checkRun: CheckRunNote): Promise<void> {
  await tx.db
    .update(tasks)
    .set({ checkRun })
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, taskId)));
}

/** Gives a claim back. One that ran out meanwhile may be another worker's by now, and is left to it. */
export async function releaseCheckRun(
  tx: TenantTx,
  { id, checkClaimedUntil }: Pick<Task, "id" | "checkClaimedUntil">,
): Promise<void> {
  if (checkClaimedUntil === null) return;
  await tx.db
    .update(tasks)
    .set({ checkClaimedUntil: null })
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        eq(tasks.id, id),
        eq(tasks.checkClaimedUntil, checkClaimedUntil),
      ),
    );
}
