import type { MintId } from "@aicd/core";
import { and, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { usage } from "../schema/records.ts";
import { tasks } from "../schema/tasks.ts";

type NewUsage = Omit<typeof usage.$inferInsert, "tenantId" | "id" | "createdAt">;

/** Books a priced call once per key and adds it to the task's spend in the same transaction. */
export async function bookUsage(tx: TenantTx, mint: MintId, input: NewUsage): Promise<boolean> {
  const rows = await tx.db
    .insert(usage)
    .values({ ...input, tenantId: tx.scope.tenantId, id: mint("usage") })
    .onConflictDoNothing()
    .returning({ id: usage.id });
  if (rows.length === 0) return false;
  await tx.db
    .update(tasks)
    .set({ spentMicroUsd: sql`${tasks.spentMicroUsd} + ${input.microUsd}` })
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, input.taskId)));
  return true;
}
