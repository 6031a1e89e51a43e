import {
  isActive,
  type MintId,
  type RepositoryId,
  sourcesOf,
  type TaskId,
  type TaskState,
  type TaskTrigger,
  type TenantId,
  targetOf,
} from "@aicd/core";
import { and, desc, eq, inArray, isNotNull, or, sql } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import type { SystemDb, TenantTx } from "../database.ts";
import { events } from "../schema/records.ts";
import { attempts, type Task, tasks } from "../schema/tasks.ts";
import { appendEvent } from "./events.ts";

type NewTask = Pick<
  Task,
  | "repositoryId"
  | "issueNumber"
  | "issueTitle"
  | "phase"
  | "mode"
  | "requestedBy"
  | "source"
  | "flags"
  | "guidance"
  | "budgetMicroUsd"
>;

/** The new task, or undefined when the issue already has a living one. */
export async function createTask(tx: TenantTx, mint: MintId, input: NewTask): Promise<Task | undefined> {
  const [task] = await tx.db
    .insert(tasks)
    .values({ ...input, tenantId: tx.scope.tenantId, id: mint("task"), state: "QUEUED" })
    .onConflictDoNothing()
    .returning();
  if (task === undefined) return undefined;
  await appendEvent(tx, mint, {
    taskId: task.id,
    type: "task.queued",
    body: { by: input.requestedBy.login, mode: input.mode },
  });
  return task;
}

export async function findTask(tx: TenantTx, id: TaskId): Promise<Task | undefined> {
  const [task] = await tx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, id)));
  return task;
}

/** The newest task of an issue, or of the pull request with that number. */
export async function findTaskOfThread(
  tx: TenantTx,
  input: { repositoryId: RepositoryId; number: number },
): Promise<Task | undefined> {
  const [task] = await tx.db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        eq(tasks.repositoryId, input.repositoryId),
        or(eq(tasks.issueNumber, input.number), eq(tasks.pullRequestNumber, input.number)),
      ),
    )
    .orderBy(desc(tasks.createdAt))
    .limit(1);
  return task;
}

/** Tasks of an issue queued within the last hour: the loop breaker counts them. */
export async function countRecentTasks(
  tx: TenantTx,
  input: { repositoryId: RepositoryId; issueNumber: number },
): Promise<number> {
  const [row] = await tx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        eq(tasks.repositoryId, input.repositoryId),
        eq(tasks.issueNumber, input.issueNumber),
        sql`${tasks.createdAt} > now() - interval '1 hour'`,
      ),
    );
  return row?.count ?? 0;
}

export type TaskChange = Omit<PgUpdateSetSource<typeof tasks>, "id" | "tenantId" | "state" | "stateAt">;

/**
 * One conditional UPDATE that names tenant, id and the allowed source states, and the event of it.
 * @returns the task after the move, or undefined: it was not in a state to make it, somebody else won
 */
export async function moveTask(
  tx: TenantTx,
  mint: MintId,
  input: { taskId: TaskId; trigger: TaskTrigger; set?: TaskChange; event?: Record<string, unknown> },
): Promise<Task | undefined> {
  const plain = sourcesOf(input.trigger, { hasPullRequest: false });
  const withPullRequest = sourcesOf(input.trigger, { hasPullRequest: true });
  // Everywhere an attempt is locked before its task. A move often ends the attempt too, so it holds it first.
  const held = tx.db.$with("held", {}).as(
    sql`SELECT id FROM ${attempts} WHERE tenant_id = ${tx.scope.tenantId} AND task_id = ${input.taskId}
      AND state IN ('pending', 'dispatched', 'leased') FOR NO KEY UPDATE`,
  );
  const moved = tx.db.$with("moved").as(
    tx.db
      .update(tasks)
      .set({
        ...input.set,
        state: targetOf(input.trigger),
        stateAt: sql`now()`,
        threadVersion: sql`${tasks.threadVersion} + 1`,
      })
      .where(
        and(
          eq(tasks.tenantId, tx.scope.tenantId),
          eq(tasks.id, input.taskId),
          // Said of no row, so it is asked before the first is looked at.
          sql`(SELECT count(*) FROM held) >= 0`,
          or(
            inArray(tasks.state, plain),
            and(isNotNull(tasks.pullRequestNumber), inArray(tasks.state, withPullRequest)),
          ),
        ),
      )
      .returning(),
  );
  // The event rides in the same statement: one round trip, and no move without its event.
  const told = tx.db.$with("told", {}).as(
    sql`INSERT INTO ${events} (tenant_id, id, task_id, type, body)
      SELECT tenant_id, ${mint("event")}, id, ${input.trigger}, ${JSON.stringify(input.event ?? {})}::jsonb FROM moved`,
  );
  const [task] = await tx.db.with(held, moved, told).select().from(moved);
  return task;
}

/** Changes what the thread shows without moving the task. */
export async function touchTask(tx: TenantTx, taskId: TaskId, set: TaskChange): Promise<Task | undefined> {
  const [task] = await tx.db
    .update(tasks)
    .set({ ...set, threadVersion: sql`${tasks.threadVersion} + 1` })
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, taskId)))
    .returning();
  return task;
}

/** Notes facts the thread does not show at once. */
export async function setTask(tx: TenantTx, taskId: TaskId, set: TaskChange): Promise<void> {
  await tx.db
    .update(tasks)
    .set(set)
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, taskId)));
}

/**
 * Keeps a review for the next retry, once.
 * @returns the task as it stands now; the retry it was kept for may have ended meanwhile
 */
export async function keepReview(tx: TenantTx, taskId: TaskId, reviewId: number): Promise<Task | undefined> {
  const [task] = await tx.db
    .update(tasks)
    .set({
      waitingReviewIds: sql`CASE WHEN ${reviewId}::bigint = ANY(${tasks.waitingReviewIds} || ${tasks.reviewIds})
        THEN ${tasks.waitingReviewIds} ELSE array_append(${tasks.waitingReviewIds}, ${reviewId}::bigint) END`,
    })
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, taskId)))
    .returning();
  return task;
}

/**
 * Records that the thread shows the given version.
 * @returns the version it should show by now: a newer one is yet to be rendered
 */
export async function markRendered(
  tx: TenantTx,
  input: { taskId: TaskId; version: number; statusCommentId: number },
): Promise<number | undefined> {
  const [row] = await tx.db
    .update(tasks)
    .set({
      threadRendered: sql`greatest(${tasks.threadRendered}, ${input.version})`,
      statusCommentId: input.statusCommentId,
    })
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, input.taskId)))
    .returning({ version: tasks.threadVersion });
  return row?.version;
}

/** Tasks that somebody or something is at work on, of the tenant or of some of its repositories. */
export async function listWorkingTasks(tx: TenantTx, repositoryIds?: RepositoryId[]): Promise<Task[]> {
  return tx.db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        inArray(tasks.state, ["QUEUED", "PLANNING", "CODING", "REVIEWING", "PUBLISHING"]),
        repositoryIds === undefined ? undefined : inArray(tasks.repositoryId, repositoryIds),
      ),
    );
}

/**
 * Tasks that have been in an active state for longer than the given ages; in the queue, a pause of the server does not
 * count, nor what went before it. System work.
 */
export async function listAgedTasks(
  tx: SystemDb,
  ages: { state: TaskState; olderThanMs: number }[],
): Promise<{ tenantId: TenantId; id: TaskId; state: TaskState }[]> {
  const aged = ages
    .filter(({ state }) => isActive(state))
    .map(
      ({ state, olderThanMs }) =>
        sql`(${tasks.state} = ${state} AND ${tasks.stateAt} < now() - ${olderThanMs} * interval '1 ms'
          AND NOT (${state === "QUEUED"} AND EXISTS (SELECT FROM server_pauses
            WHERE ended_at IS NULL OR ended_at > now() - ${olderThanMs} * interval '1 ms')))`,
    );
  if (aged.length === 0) return [];
  return tx.db
    .select({ tenantId: tasks.tenantId, id: tasks.id, state: tasks.state })
    .from(tasks)
    .where(
      and(sql`${tasks.state} NOT IN ('MERGED', 'CLOSED', 'CANCELLED', 'FAILED', 'PR_OPEN')`, or(...aged)),
    )
    .limit(500);
}

/**
 * Tasks whose next step nobody owes: no attempt on its way, no outbox row, a minute in their state.
 * System work, for the sweep.
 */
export async function listStrandedTasks(
  tx: SystemDb,
): Promise<{ tenantId: TenantId; id: TaskId; state: TaskState }[]> {
  const owed = sql`EXISTS (SELECT FROM outbox o WHERE o.dead_at IS NULL
    AND o.job IN ('start-attempt', 'publish-changes') AND o.payload ->> 'taskId' = ${tasks.id})`;
  const live = sql`EXISTS (SELECT FROM attempts a WHERE a.tenant_id = ${tasks.tenantId}
    AND a.task_id = ${tasks.id} AND a.state IN ('dispatched', 'leased'))`;
  return tx.db
    .select({ tenantId: tasks.tenantId, id: tasks.id, state: tasks.state })
    .from(tasks)
    .where(
      and(
        sql`${tasks.state} NOT IN ('MERGED', 'CLOSED', 'CANCELLED', 'FAILED', 'PR_OPEN')`,
        inArray(tasks.state, ["QUEUED", "PLANNING", "CODING", "REVIEWING", "PUBLISHING"]),
        sql`${tasks.stateAt} < now() - interval '1 minute'`,
        sql`NOT ${owed} AND NOT ${live}`,
      ),
    )
    .limit(100);
}

/** Tasks whose thread is behind and owed no update. System work, for the sweep. */
export async function listUnrenderedTasks(tx: SystemDb): Promise<{ tenantId: TenantId; id: TaskId }[]> {
  return tx.db
    .select({ tenantId: tasks.tenantId, id: tasks.id })
    .from(tasks)
    .where(
      and(
        sql`${tasks.threadRendered} < ${tasks.threadVersion}`,
        sql`${tasks.stateAt} < now() - interval '1 minute'`,
        sql`NOT EXISTS (SELECT FROM outbox o WHERE o.dead_at IS NULL AND o.job = 'update-thread'
          AND o.payload ->> 'taskId' = ${tasks.id})`,
      ),
    )
    .limit(100);
}
