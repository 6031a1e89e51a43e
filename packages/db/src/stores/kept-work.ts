import { type AttemptId, type ChangeSet, changeSetDigest, type Evidence, type TaskId } from "@aicd/core";
import { and, desc, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type ChangeSetRow, changeSets, checkpoints } from "../schema/records.ts";

/** The last work of a task that reached us, however the task stands. */
export type KeptWork = {
  attemptId: AttemptId;
  body: ChangeSet;
  digest: string;
  /** What was run on it; null: nothing was. */
  evidence: Evidence | null;
  /** Undefined: its runner never proposed it, a checkpoint is all there is. */
  row: ChangeSetRow | undefined;
};

/**
 * The newer of the last proposed change and the last checkpoint that changes a file. A checkpoint that holds the
 * very files of the change adds nothing to it. Undefined: nothing was written yet.
 */
export async function findKeptWork(tx: TenantTx, taskId: TaskId): Promise<KeptWork | undefined> {
  const [row] = await tx.db
    .select()
    .from(changeSets)
    .where(and(eq(changeSets.tenantId, tx.scope.tenantId), eq(changeSets.taskId, taskId)))
    .orderBy(desc(changeSets.createdAt), desc(changeSets.id))
    .limit(1);
  const [checkpoint] = await tx.db
    .select()
    .from(checkpoints)
    .where(
      and(
        eq(checkpoints.tenantId, tx.scope.tenantId),
        eq(checkpoints.taskId, taskId),
        sql`jsonb_array_length(${checkpoints.body} -> 'files') > 0`,
      ),
    )
    .orderBy(desc(checkpoints.id))
    .limit(1);
  const proposed: KeptWork | undefined =
    row === undefined
      ? undefined
      : { attemptId: row.attemptId, body: row.body, digest: row.digest, evidence: row.evidence, row };
  if (checkpoint === undefined || (row !== undefined && row.createdAt > checkpoint.createdAt))
    return proposed;
  const { startSha: baseSha, files, plan, evidence } = checkpoint.body;
  const same = row !== undefined && changeSetDigest({ ...row.body, baseSha, files }) === row.digest;
  if (same) return proposed;
  const body: ChangeSet = {
    baseSha,
    files,
    title: `Partial: ${plan?.title ?? "work in progress"}`.slice(0, 200).toWellFormed(),
    summary: "This work is unfinished: it is what there was when the attempt ended.",
  };
  const { attemptId } = checkpoint;
  return { attemptId, body, digest: changeSetDigest(body), evidence, row: undefined };
}

/** Whether there is any, without reading it. */
export async function hasWork(tx: TenantTx, taskId: TaskId): Promise<boolean> {
  const { rows } = await tx.query(
    `SELECT EXISTS (SELECT FROM change_sets WHERE tenant_id = $1 AND task_id = $2)
       OR EXISTS (SELECT FROM checkpoints WHERE tenant_id = $1 AND task_id = $2
         AND jsonb_array_length(body -> 'files') > 0) AS has`,
    [tx.scope.tenantId, taskId],
  );
  return rows[0]?.has === true;
}
