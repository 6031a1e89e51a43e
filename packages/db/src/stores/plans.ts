import type { AttemptId, MintId, PlanId, TaskId } from "@aicd/core";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type Edit, type PlanRow, plans } from "../schema/records.ts";
import type { Actor } from "../schema/tasks.ts";

/** Stores the attempt's plan and voids the task's older ones. Idempotent per attempt. */
export async function storePlan(
  tx: TenantTx,
  mint: MintId,
  input: Pick<
    PlanRow,
    "taskId" | "attemptId" | "hash" | "body" | "baseSha" | "snapshotDigest" | "budgetMicroUsd" | "state"
  > & {
    approvedBy?: Actor;
    frozenAt?: Date;
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

/** A page of all plans of a task, newest first: those that were revised are void, and still to be read. */
export async function listPlans(
  tx: TenantTx,
  input: { taskId: TaskId; after: string | undefined; limit: number },
): Promise<PlanRow[]> {
  return tx.db
    .select()
    .from(plans)
    .where(
      and(
        eq(plans.tenantId, tx.scope.tenantId),
        eq(plans.taskId, input.taskId),
        input.after === undefined ? undefined : lt(plans.id, input.after as PlanId),
      ),
    )
    .orderBy(desc(plans.id))
    .limit(input.limit);
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

/** From now on no edit reaches the task of this approved plan; what was edited is only shown. */
export async function freezePlan(tx: TenantTx, id: PlanId, edits: readonly Edit[]): Promise<void> {
  await tx.db
    .update(plans)
    .set({ frozenAt: sql`coalesce(${plans.frozenAt}, now())`, edits: [...edits] })
    .where(and(eq(plans.tenantId, tx.scope.tenantId), eq(plans.id, id)));
}

/** A person asked for another try: whether the approval still speaks of what there is, is looked at again. */
export async function thawPlan(tx: TenantTx, id: PlanId): Promise<void> {
  await tx.db
    .update(plans)
    .set({ frozenAt: null })
    .where(and(eq(plans.tenantId, tx.scope.tenantId), eq(plans.id, id)));
}
