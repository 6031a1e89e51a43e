import type { AttemptId, ChangeSetId, MintId, PlanId, TaskId } from "@aicd/core";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type ChangeSetRow, changeSets, type PlanRow, plans, usage, verdicts } from "../schema/records.ts";
import { type Actor, tasks } from "../schema/tasks.ts";
import { storeEvidence } from "./evidence.ts";

/** Stores the attempt's plan and voids the task's older ones. Idempotent per attempt. */
export async function storePlan(
  tx: TenantTx,
  mint: MintId,
  input: Pick<
    PlanRow,
    "taskId" | "attemptId" | "hash" | "body" | "baseSha" | "snapshotDigest" | "budgetMicroUsd" | "state"
  > & {
    approvedBy?: Actor;
  },
): Promise<PlanRow> {
  await tx.db
    .update(plans)
    .set({ state: "void" })
    .where(and(eq(plans.tenantId, tx.scope.tenantId), eq(plans.taskId, input.taskId)));
  const [plan] = await tx.db
    .insert(plans)
    .values({ ...input, tenantId: tx.scope.tenantId, id: mint("plan") })
    .onConflictDoUpdate({
      target: [plans.tenantId, plans.attemptId],
      set: { hash: input.hash, body: input.body, state: input.state },
    })
    .returning();
  if (plan === undefined) throw new Error("a plan was not stored");
  return plan;
}

export async function findPlan(tx: TenantTx, id: PlanId): Promise<PlanRow | undefined> {
  const [plan] = await tx.db
    .select()
    .from(plans)
    .where(and(eq(plans.tenantId, tx.scope.tenantId), eq(plans.id, id)));
  return plan;
}

export async function findPlanOfAttempt(tx: TenantTx, attemptId: AttemptId): Promise<PlanRow | undefined> {
  const [plan] = await tx.db
    .select()
    .from(plans)
    .where(and(eq(plans.tenantId, tx.scope.tenantId), eq(plans.attemptId, attemptId)));
  return plan;
}

/** The plan no longer fits what it was approved for. */
export async function voidPlan(tx: TenantTx, id: PlanId): Promise<void> {
  await tx.db
    .update(plans)
    .set({ state: "void" })
    .where(and(eq(plans.tenantId, tx.scope.tenantId), eq(plans.id, id)));
}

/** Approves exactly this proposed plan; undefined: it is void, or was approved before. */
export async function approvePlan(
  tx: TenantTx,
  input: { id: PlanId; hash: string; by: Actor },
): Promise<PlanRow | undefined> {
  const [plan] = await tx.db
    .update(plans)
    .set({ state: "approved", approvedBy: input.by })
    .where(
      and(
        eq(plans.tenantId, tx.scope.tenantId),
        eq(plans.id, input.id),
        eq(plans.hash, input.hash),
        eq(plans.state, "proposed"),
      ),
    )
    .returning();
  return plan;
}

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

export type VerdictRow = typeof verdicts.$inferSelect;

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
