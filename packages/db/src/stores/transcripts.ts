import { LIMITS, type PlanId, type TaskId } from "@aicd/core";
import { and, eq, sql } from "drizzle-orm";
import type { SystemTx, TenantTx } from "../database.ts";
import { transcripts } from "../schema/records.ts";
import type { SealedSecret } from "./secrets.ts";

/** Keeps the conversation of the task's latest plan in place of an older one's. */
export async function putTranscript(
  tx: TenantTx,
  input: SealedSecret & { taskId: TaskId; planId: PlanId },
): Promise<void> {
  const { taskId, ...now } = input;
  await tx.db
    .insert(transcripts)
    .values({ ...now, taskId, tenantId: tx.scope.tenantId })
    .onConflictDoUpdate({
      target: [transcripts.tenantId, transcripts.taskId],
      set: { ...now, createdAt: sql`now()` },
    });
}

/** Of this very plan, or undefined. */
export async function findTranscript(tx: TenantTx, planId: PlanId): Promise<SealedSecret | undefined> {
  const { masterKey, wrappedKey, sealed } = transcripts;
  const [row] = await tx.db
    .select({ masterKey, wrappedKey, sealed })
    .from(transcripts)
    .where(and(eq(transcripts.tenantId, tx.scope.tenantId), eq(transcripts.planId, planId)));
  return row;
}

export async function deleteTranscript(tx: TenantTx, taskId: TaskId): Promise<boolean> {
  const rows = await tx.db
    .delete(transcripts)
    .where(and(eq(transcripts.tenantId, tx.scope.tenantId), eq(transcripts.taskId, taskId)))
    .returning({ taskId: transcripts.taskId });
  return rows.length > 0;
}

/** Those nobody goes on from any more: a plan as old as this has expired, and a failed task is planned anew. */
export async function forgetTranscripts(tx: SystemTx): Promise<void> {
  await tx.query("DELETE FROM transcripts WHERE created_at < now() - $1 * interval '1 ms'", [
    LIMITS.planExpiryMs,
  ]);
}
