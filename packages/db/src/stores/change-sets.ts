import type { AttemptId, ChangeSetId, MintId, TaskId } from "@aicd/core";
import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type ChangeSetRow, changeSets } from "../schema/records.ts";
import { storeEvidence } from "./evidence.ts";

export async function storeChangeSet(
  tx: TenantTx,
  mint: MintId,
  input: Pick<ChangeSetRow, "taskId" | "attemptId" | "digest" | "body" | "evidence">,
): Promise<ChangeSetRow> {
  const [row] = await tx.db
    .insert(changeSets)
    .values({ ...input, tenantId: tx.scope.tenantId, id: mint("changeSet") })
    .onConflictDoUpdate({
      target: [changeSets.tenantId, changeSets.attemptId, changeSets.digest],
      set: { evidence: input.evidence },
    })
    .returning();
  if (row === undefined) throw new Error("a change set was not stored");
  await storeEvidence(tx, mint, row);
  return row;
}

export async function findChangeSet(
  tx: TenantTx,
  key: { id: ChangeSetId } | { attemptId: AttemptId; digest: string },
): Promise<ChangeSetRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(changeSets)
    .where(
      and(
        eq(changeSets.tenantId, tx.scope.tenantId),
        "id" in key
          ? eq(changeSets.id, key.id)
          : and(eq(changeSets.attemptId, key.attemptId), eq(changeSets.digest, key.digest)),
      ),
    );
  return row;
}

export async function noteCommit(tx: TenantTx, id: ChangeSetId, commitSha: string): Promise<void> {
  await tx.db
    .update(changeSets)
    .set({ commitSha })
    .where(and(eq(changeSets.tenantId, tx.scope.tenantId), eq(changeSets.id, id)));
}

/** The changes of a task that became commits, in the order of its rounds. */
export async function listPublishedChanges(tx: TenantTx, taskId: TaskId): Promise<ChangeSetRow[]> {
  return tx.db
    .select()
    .from(changeSets)
    .where(
      and(
        eq(changeSets.tenantId, tx.scope.tenantId),
        eq(changeSets.taskId, taskId),
        isNotNull(changeSets.commitSha),
      ),
    )
    .orderBy(asc(changeSets.id));
}

/** How many those are. */
export async function countPublishedChanges(tx: TenantTx, taskId: TaskId): Promise<number> {
  const [row] = await tx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(changeSets)
    .where(
      and(
        eq(changeSets.tenantId, tx.scope.tenantId),
        eq(changeSets.taskId, taskId),
        isNotNull(changeSets.commitSha),
      ),
    );
  return row?.count ?? 0;
}

/** A person wants it published as it is. */
export async function markPartial(tx: TenantTx, id: ChangeSetId): Promise<void> {
  await tx.db
    .update(changeSets)
    .set({ partial: true })
    .where(and(eq(changeSets.tenantId, tx.scope.tenantId), eq(changeSets.id, id)));
}
