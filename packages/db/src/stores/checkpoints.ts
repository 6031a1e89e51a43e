import type { AttemptId, Checkpoint, MintId, Phase, TaskId } from "@aicd/core";
import { and, desc, eq, ne, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type CheckpointRow, checkpoints } from "../schema/records.ts";

/** Keeps the task's latest checkpoint and forgets the older ones. The caller holds the attempt's row. */
export async function storeCheckpoint(
  tx: TenantTx,
  mint: MintId,
  input: { taskId: TaskId; attemptId: AttemptId; phase: Phase; body: Checkpoint },
): Promise<void> {
  const { tenantId } = tx.scope;
  const id = mint("checkpoint");
  await tx.db.insert(checkpoints).values({
    ...input,
    tenantId,
    id,
    seq: sql`(SELECT coalesce(max(seq), 0) + 1 FROM checkpoints
      WHERE tenant_id = ${tenantId} AND attempt_id = ${input.attemptId})`,
  });
  await tx.db
    .delete(checkpoints)
    .where(
      and(eq(checkpoints.tenantId, tenantId), eq(checkpoints.taskId, input.taskId), ne(checkpoints.id, id)),
    );
}

export async function findCheckpoint(tx: TenantTx, taskId: TaskId): Promise<CheckpointRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(checkpoints)
    .where(and(eq(checkpoints.tenantId, tx.scope.tenantId), eq(checkpoints.taskId, taskId)))
    .orderBy(desc(checkpoints.id))
    .limit(1);
  return row;
}
