import {
  type AttemptId,
  type AttemptState,
  type FailureReason,
  LIMITS,
  LIVE_ATTEMPT_STATES,
  type MintId,
  type Phase,
  type TaskId,
  type TenantId,
} from "@aicd/core";
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { type Attempt, type AttemptContext, attempts, oidcTokens } from "../schema/tasks.ts";

const LIVE = [...LIVE_ATTEMPT_STATES];
const leaseEnd = sql`now() + ${LIMITS.leaseMs} * interval '1 ms'`;

/** The task's live attempt, made if there is none: a repeated nudge finds the first one's row. */
export async function ensureAttempt(
  tx: TenantTx,
  mint: MintId,
  input: { taskId: TaskId; phase: Phase },
): Promise<{ attempt: Attempt; made: boolean }> {
  const live = await findLiveAttempt(tx, input.taskId);
  if (live !== undefined) return { attempt: live, made: false };
  const id = mint("attempt");
  const [attempt] = await tx.db
    .insert(attempts)
    .values({
      tenantId: tx.scope.tenantId,
      id,
      taskId: input.taskId,
      number: sql`(SELECT coalesce(max(number), 0) + 1 FROM attempts
        WHERE tenant_id = ${tx.scope.tenantId} AND task_id = ${input.taskId})`,
      phase: input.phase,
      state: "pending",
      runKey: `run_${id.slice(4)}`,
    })
    .onConflictDoNothing()
    .returning();
  if (attempt !== undefined) return { attempt, made: true };
  const other = await findLiveAttempt(tx, input.taskId);
  if (other === undefined) throw new Error("an attempt was neither made nor found");
  return { attempt: other, made: false };
}

export async function findLiveAttempt(tx: TenantTx, taskId: TaskId): Promise<Attempt | undefined> {
  const [attempt] = await tx.db
    .select()
    .from(attempts)
    .where(
      and(
        eq(attempts.tenantId, tx.scope.tenantId),
        eq(attempts.taskId, taskId),
        inArray(attempts.state, LIVE),
      ),
    );
  return attempt;
}

export async function findAttempt(
  tx: TenantTx,
  id: AttemptId,
  lock?: "for update",
): Promise<Attempt | undefined> {
  const query = tx.db
    .select()
    .from(attempts)
    .where(and(eq(attempts.tenantId, tx.scope.tenantId), eq(attempts.id, id)));
  const [attempt] = await (lock === undefined ? query : query.for("update"));
  return attempt;
}

/** Attempts of a task, newest first. */
export async function listAttempts(tx: TenantTx, taskId: TaskId): Promise<Attempt[]> {
  return tx.db
    .select()
    .from(attempts)
    .where(and(eq(attempts.tenantId, tx.scope.tenantId), eq(attempts.taskId, taskId)))
    .orderBy(desc(attempts.number));
}

/** How many attempts the task has had; their numbers run up to it. */
export async function countAttempts(tx: TenantTx, taskId: TaskId): Promise<number> {
  return (await findLatestAttempt(tx, taskId))?.number ?? 0;
}

export async function findLatestAttempt(tx: TenantTx, taskId: TaskId): Promise<Attempt | undefined> {
  const [attempt] = await tx.db
    .select()
    .from(attempts)
    .where(and(eq(attempts.tenantId, tx.scope.tenantId), eq(attempts.taskId, taskId)))
    .orderBy(desc(attempts.number))
    .limit(1);
  return attempt;
}

/** Freezes what the attempt works with. Only the first writer's context counts. */
export async function freezeContext(
  tx: TenantTx,
  id: AttemptId,
  context: AttemptContext,
): Promise<AttemptContext | undefined> {
  const [row] = await tx.db
    .update(attempts)
    .set({ context: sql`coalesce(${attempts.context}, ${JSON.stringify(context)}::jsonb)` })
    .where(and(eq(attempts.tenantId, tx.scope.tenantId), eq(attempts.id, id), eq(attempts.state, "pending")))
    .returning({ context: attempts.context });
  return row?.context ?? undefined;
}

export async function markDispatched(
  tx: TenantTx,
  input: { id: AttemptId; runId: number | null },
): Promise<boolean> {
  const rows = await tx.db
    .update(attempts)
    .set({ state: "dispatched", dispatchedAt: sql`now()`, runId: input.runId })
    .where(
      and(eq(attempts.tenantId, tx.scope.tenantId), eq(attempts.id, input.id), eq(attempts.state, "pending")),
    )
    .returning({ id: attempts.id });
  return rows.length > 0;
}

/**
 * Gives the attempt to one runner. The same workflow run may take it again under a new epoch (it lost
 * our first answer); another run may not.
 * @returns the leased attempt with its new epoch, or undefined: it is somebody else's, or over
 */
export async function leaseAttempt(
  tx: TenantTx,
  input: { id: AttemptId; runId: number; runAttempt: number; tokenHash: Buffer },
): Promise<Attempt | undefined> {
  const [attempt] = await tx.db
    .update(attempts)
    .set({
      state: "leased",
      epoch: sql`${attempts.epoch} + 1`,
      leaseUntil: leaseEnd,
      tokenHash: input.tokenHash,
      runId: input.runId,
      runAttempt: input.runAttempt,
      dispatchedAt: sql`coalesce(${attempts.dispatchedAt}, now())`,
    })
    .where(
      and(
        eq(attempts.tenantId, tx.scope.tenantId),
        eq(attempts.id, input.id),
        sql`(${attempts.state} IN ('pending', 'dispatched')
          OR (${attempts.state} = 'leased' AND ${attempts.runId} = ${input.runId}
            AND ${attempts.runAttempt} = ${input.runAttempt} AND ${attempts.nextSeq} = 0))`,
        sql`(${attempts.runId} IS NULL OR ${attempts.runId} = ${input.runId})`,
      ),
    )
    .returning();
  return attempt;
}

/** An OIDC token opens one lease. False: it was used before. */
export async function useOidcToken(
  tx: TenantTx,
  input: { jti: string; attemptId: AttemptId },
): Promise<boolean> {
  const rows = await tx.db.insert(oidcTokens).values(input).onConflictDoNothing().returning();
  return rows.length > 0;
}

export type Fence = { id: AttemptId; epoch: number };

/** The condition every write of a runner carries: this attempt, this epoch, lease not over. */
function fenced(tx: TenantTx, fence: Fence) {
  return and(
    eq(attempts.tenantId, tx.scope.tenantId),
    eq(attempts.id, fence.id),
    eq(attempts.epoch, fence.epoch),
    eq(attempts.state, "leased"),
    sql`${attempts.leaseUntil} > now()`,
  );
}

/** Renews the lease; undefined: fenced. Also the way to lock the row for the rest of a transaction. */
export async function renewLease(tx: TenantTx, fence: Fence): Promise<Attempt | undefined> {
  const [attempt] = await tx.db
    .update(attempts)
    .set({ leaseUntil: leaseEnd })
    .where(fenced(tx, fence))
    .returning();
  return attempt;
}

export async function setNextSeq(tx: TenantTx, fence: Fence, nextSeq: number): Promise<boolean> {
  const rows = await tx.db
    .update(attempts)
    .set({ nextSeq })
    .where(fenced(tx, fence))
    .returning({ id: attempts.id });
  return rows.length > 0;
}

/** Ends a live attempt from the control plane's side, whatever its lease. */
export async function endAttempt(
  tx: TenantTx,
  input: {
    id: AttemptId;
    state: Extract<AttemptState, "succeeded" | "failed" | "lost" | "cancelled">;
    reason?: FailureReason;
    detail?: string;
    receipts?: Attempt["receipts"];
    /** Only when its lease (or its time to be leased) is really over by the database's clock. */
    onlyIfOverdue?: boolean;
  },
): Promise<Attempt | undefined> {
  const [attempt] = await tx.db
    .update(attempts)
    .set({
      state: input.state,
      endedAt: sql`now()`,
      reason: input.reason ?? null,
      detail: input.detail ?? null,
      ...(input.receipts === undefined ? {} : { receipts: input.receipts }),
    })
    .where(
      and(
        eq(attempts.tenantId, tx.scope.tenantId),
        eq(attempts.id, input.id),
        inArray(attempts.state, LIVE),
        input.onlyIfOverdue === true ? overdue : undefined,
      ),
    )
    .returning();
  return attempt;
}

const unasked = sql`(${attempts.askedAt} IS NULL OR ${attempts.askedAt} < now() - ${LIMITS.askRunMs} * interval '1 ms')`;

/** Silent, never come, or at work for longer than any attempt may be, whatever its heartbeats say. */
const overdue = sql`(
  (${attempts.state} = 'leased' AND ${attempts.leaseUntil} < now())
  OR (${attempts.state} = 'leased' AND ${attempts.dispatchedAt}
    < now() - ${LIMITS.attemptMs + LIMITS.dispatchToLeaseMs} * interval '1 ms')
  OR (${attempts.state} = 'dispatched' AND ${attempts.dispatchedAt} < now() - ${LIMITS.dispatchToLeaseMs} * interval '1 ms')
)`;

/** Runners that fell silent or never came. System work, for the sweep. */
export async function listOverdueAttempts(tx: SystemDb): Promise<{ tenantId: TenantId; id: AttemptId }[]> {
  return tx.db
    .select({ tenantId: attempts.tenantId, id: attempts.id })
    .from(attempts)
    .where(and(inArray(attempts.state, LIVE), overdue, unasked))
    .limit(500);
}

/** Whatever has not ended, of all tenants; 500 at most. System work, for a pause that is at once. */
export async function listAttemptsUnderWay(
  tx: SystemDb,
): Promise<{ tenantId: TenantId; id: AttemptId; taskId: TaskId }[]> {
  return tx.db
    .select({ tenantId: attempts.tenantId, id: attempts.id, taskId: attempts.taskId })
    .from(attempts)
    .where(inArray(attempts.state, LIVE))
    .limit(500);
}

/** Notes that GitHub is asked about an overdue attempt now; false: somebody else asks, or it is overdue no more. */
export async function noteAsked(tx: TenantTx, id: AttemptId): Promise<boolean> {
  const asked = await tx.db
    .update(attempts)
    .set({ askedAt: sql`now()` })
    .where(
      and(
        eq(attempts.tenantId, tx.scope.tenantId),
        eq(attempts.id, id),
        inArray(attempts.state, LIVE),
        overdue,
        unasked,
      ),
    )
    .returning({ id: attempts.id });
  return asked.length > 0;
}

/** Tells the runner, with its next heartbeat, to stop. */
export async function requestStop(tx: TenantTx, id: AttemptId, reason: string): Promise<void> {
  await tx.db
    .update(attempts)
    .set({ cancelReason: reason })
    .where(and(eq(attempts.tenantId, tx.scope.tenantId), eq(attempts.id, id)));
}
