import type { TaskId } from "@aicd/core";
import { and, asc, eq } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { usage } from "../schema/records.ts";

/** What a task has spent, call by call, oldest first; in millionths of a dollar. */
export async function listTaskSpending(
  tx: TenantTx,
  taskId: TaskId,
): Promise<{ at: Date; microUsd: number }[]> {
  return tx.db
    .select({ at: usage.createdAt, microUsd: usage.microUsd })
    .from(usage)
    .where(and(eq(usage.tenantId, tx.scope.tenantId), eq(usage.taskId, taskId)))
    .orderBy(asc(usage.createdAt));
}
