import type { TaskId } from "@aicd/core";
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { tasks } from "../schema/tasks.ts";
import { repositories } from "../schema/tenancy.ts";
import { SUMMARY_COLUMNS, type TaskListRow } from "./task-lists.ts";

/** The tenant's newest tasks that are not over, each with the number that grows with every change of it. */
export async function listLivingVersions(
  tx: TenantTx,
  limit: number,
): Promise<{ id: TaskId; version: number }[]> {
  return tx.db
    .select({ id: tasks.id, version: tasks.threadVersion })
    .from(tasks)
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        sql`${tasks.state} NOT IN ('MERGED', 'CLOSED', 'CANCELLED')`,
      ),
    )
    .orderBy(desc(tasks.id))
    .limit(limit);
}

/** Those of the tasks that are there, and that whoever asks may see; newest first. */
export async function listTasksById(tx: TenantTx, ids: TaskId[]): Promise<TaskListRow[]> {
  return tx.db
    .select(SUMMARY_COLUMNS)
    .from(tasks)
    .innerJoin(
      repositories,
      and(eq(repositories.tenantId, tasks.tenantId), eq(repositories.id, tasks.repositoryId)),
    )
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), inArray(tasks.id, ids)))
    .orderBy(desc(tasks.id));
}
