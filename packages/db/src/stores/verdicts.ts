import type { ChangeSetId, MintId, TaskId } from "@aicd/core";
import { and, desc, eq, lt } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { verdicts } from "../schema/records.ts";

export type VerdictRow = typeof verdicts.$inferSelect;

export async function storeVerdict(
  tx: TenantTx,
  mint: MintId,
  input: {
    taskId: TaskId;
    changeSetId: ChangeSetId;
    judge: "critic" | "policy";
    kind: string;
    body: unknown;
  },
): Promise<void> {
  await tx.db.insert(verdicts).values({ ...input, tenantId: tx.scope.tenantId, id: mint("verdict") });
}

export async function listVerdicts(tx: TenantTx, changeSetId: ChangeSetId) {
  return tx.db
    .select()
    .from(verdicts)
    .where(and(eq(verdicts.tenantId, tx.scope.tenantId), eq(verdicts.changeSetId, changeSetId)))
    .orderBy(desc(verdicts.id));
}

/** A page of the judgements of a task, newest first, whichever of its changes they were about. */
export async function listVerdictsOfTask(
  tx: TenantTx,
  input: { taskId: TaskId; after: string | undefined; limit: number },
): Promise<VerdictRow[]> {
  return tx.db
    .select()
    .from(verdicts)
    .where(
      and(
        eq(verdicts.tenantId, tx.scope.tenantId),
        eq(verdicts.taskId, input.taskId),
        input.after === undefined ? undefined : lt(verdicts.id, input.after as VerdictRow["id"]),
      ),
    )
    .orderBy(desc(verdicts.id))
    .limit(input.limit);
}
