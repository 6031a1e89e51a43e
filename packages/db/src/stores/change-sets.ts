import type { AttemptId, ChangeSetId, MintId, TaskId } from "@aicd/core";
import { and, asc, desc, eq, isNotNull, lt, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type ChangeSetRow, changeSets } from "../schema/records.ts";
import { attempts } from "../schema/tasks.ts";
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

export type ChangeSetListRow = Awaited<ReturnType<typeof listChangeSets>>[number];

/** A page of all that was ever proposed for a task, newest first, without the files' contents. */
export async function listChangeSets(
  tx: TenantTx,
  input: { taskId: TaskId; after: string | undefined; limit: number },
) {
  const { id, attemptId, digest, commitSha, partial, createdAt, body } = changeSets;
  return tx.db
    .select({
      ...{ id, attemptId, digest, commitSha, partial, createdAt },
      attempt: attempts.number,
      baseSha: sql<string>`${body} ->> 'baseSha'`,
      title: sql<string>`coalesce(${body} ->> 'title', '')`,
      files: sql<number>`coalesce(jsonb_array_length(${body} -> 'files'), 0)`,
    })
    .from(changeSets)
    .innerJoin(
      attempts,
      and(eq(attempts.tenantId, changeSets.tenantId), eq(attempts.id, changeSets.attemptId)),
    )
    .where(
      and(
        eq(changeSets.tenantId, tx.scope.tenantId),
        eq(changeSets.taskId, input.taskId),
        input.after === undefined ? undefined : lt(id, input.after as ChangeSetId),
      ),
    )
    .orderBy(desc(id))
    .limit(input.limit);
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
