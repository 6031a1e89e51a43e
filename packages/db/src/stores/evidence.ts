import type { ChangeSetId, CommandRun, MintId } from "@aicd/core";
import { and, asc, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type ChangeSetRow, evidence } from "../schema/records.ts";

const STAGES = ["setup", "before", "reproduction", "after"] as const;

/** One row per command that was run for a ChangeSet. The first proof of a ChangeSet stays. */
export async function storeEvidence(tx: TenantTx, mint: MintId, changeSet: ChangeSetRow): Promise<void> {
  const { id: changeSetId, taskId } = changeSet;
  const rows = STAGES.flatMap((stage) =>
    (changeSet.evidence[stage] ?? []).map((run: CommandRun, position) => ({
      tenantId: tx.scope.tenantId,
      id: mint("evidence"),
      taskId,
      changeSetId,
      stage,
      position,
      command: run.command,
      exitCode: run.exitCode,
      durationMs: run.durationMs,
      passed: run.tests?.passed ?? null,
      failed: run.tests?.failed ?? null,
      skipped: run.tests?.skipped ?? null,
      outputTail: run.outputTail,
    })),
  );
  if (rows.length > 0) await tx.db.insert(evidence).values(rows).onConflictDoNothing();
}

export type EvidenceRow = typeof evidence.$inferSelect;

/** Commands that were run for a ChangeSet, in the order of a run: prepared, before, without the change, after. */
export async function listEvidence(tx: TenantTx, changeSetId: ChangeSetId): Promise<EvidenceRow[]> {
  return tx.db
    .select()
    .from(evidence)
    .where(and(eq(evidence.tenantId, tx.scope.tenantId), eq(evidence.changeSetId, changeSetId)))
    .orderBy(
      sql`array_position(${sql.param([...STAGES])}::text[], ${evidence.stage})`,
      asc(evidence.position),
    );
}
