import { LIVE_ATTEMPT_STATES, type RepositoryId, type TaskId, type TaskState, type Tokens } from "@aicd/core";
import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { changeSets, type EventRow, events, plans, usage } from "../schema/records.ts";
import { attempts, tasks } from "../schema/tasks.ts";
import { repositories } from "../schema/tenancy.ts";

export type TaskFilters = {
  states?: TaskState[] | undefined;
  repositoryId?: RepositoryId | undefined;
  /** GitHub login of who asked, in any case of letters. */
  author?: string | undefined;
  /** Part of the title, in any case of letters, or the number of the issue, with or without a `#`. */
  text?: string | undefined;
  createdFrom?: Date | undefined;
  createdTo?: Date | undefined;
};

// What people wrote and what only the machine reads can be large.
const {
  guidance: _guidance,
  source: _source,
  flags: _flags,
  statusCommentId: _statusCommentId,
  ...LISTED
} = getTableColumns(tasks);
const TASK_COLUMNS = { ...LISTED, owner: repositories.owner, name: repositories.name };

/** What a line of a list shows: a page has a hundred of them. */
export const SUMMARY_COLUMNS = {
  id: tasks.id,
  repositoryId: tasks.repositoryId,
  owner: repositories.owner,
  name: repositories.name,
  issueNumber: tasks.issueNumber,
  issueTitle: tasks.issueTitle,
  state: tasks.state,
  stateAt: tasks.stateAt,
  phase: tasks.phase,
  mode: tasks.mode,
  requestedBy: tasks.requestedBy,
  budgetMicroUsd: tasks.budgetMicroUsd,
  spentMicroUsd: tasks.spentMicroUsd,
  pullRequestNumber: tasks.pullRequestNumber,
  pullRequestUrl: tasks.pullRequestUrl,
  reason: tasks.reason,
  createdAt: tasks.createdAt,
};

export type TaskListRow = Awaited<ReturnType<typeof listTasks>>[number];

/** A page of the tenant's tasks, newest first, from behind the given id on. */
export async function listTasks(
  tx: TenantTx,
  input: { filters: TaskFilters; after: string | undefined; limit: number },
) {
  const { filters, after, limit } = input;
  const wanted: (SQL | undefined)[] = [
    eq(tasks.tenantId, tx.scope.tenantId),
    after === undefined ? undefined : lt(tasks.id, after as TaskId),
    oneOf(filters.states),
    filters.repositoryId === undefined ? undefined : eq(tasks.repositoryId, filters.repositoryId),
    filters.author === undefined
      ? undefined
      : sql`lower(${tasks.requestedBy} ->> 'login') = ${filters.author.toLowerCase()}`,
    filters.text === undefined ? undefined : saying(filters.text),
    filters.createdFrom === undefined ? undefined : gte(tasks.createdAt, filters.createdFrom),
    filters.createdTo === undefined ? undefined : lt(tasks.createdAt, filters.createdTo),
  ];
  return tx.db
    .select(SUMMARY_COLUMNS)
    .from(tasks)
    .innerJoin(repositories, ofTask())
    .where(and(...wanted))
    .orderBy(desc(tasks.id))
    .limit(limit);
}

function oneOf(states: TaskState[] | undefined): SQL | undefined {
  const [only, ...more] = states ?? [];
  if (states === undefined || only === undefined) return undefined;
  return more.length === 0 ? eq(tasks.state, only) : inArray(tasks.state, states);
}

// Not LIKE, to which some characters of a title are more than themselves.
function saying(text: string): SQL {
  const number = /^#?(\d{1,9})$/.exec(text.trim())?.[1];
  const inTitle = sql`strpos(lower(${tasks.issueTitle}), lower(${text.trim()})) > 0`;
  return number === undefined ? inTitle : sql`(${inTitle} OR ${tasks.issueNumber} = ${Number(number)})`;
}

function ofTask(): SQL | undefined {
  return and(eq(repositories.tenantId, tasks.tenantId), eq(repositories.id, tasks.repositoryId));
}

/** A task as it is told of, without what can be large. */
export async function findTaskRow(tx: TenantTx, id: TaskId) {
  const [row] = await tx.db
    .select(TASK_COLUMNS)
    .from(tasks)
    .innerJoin(repositories, ofTask())
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, id)));
  return row;
}

export type TaskDetail = NonNullable<Awaited<ReturnType<typeof findTaskDetail>>>;

/** A task with what is told of its plan and attempts: without their contents, which can be large. */
export async function findTaskDetail(tx: TenantTx, id: TaskId) {
  const [row] = await tx.db
    .select({
      ...TASK_COLUMNS,
      planHash: plans.hash,
      planState: plans.state,
      changeDigest: changeSets.digest,
      hasWork: sql<boolean>`(EXISTS (SELECT FROM change_sets c
          WHERE c.tenant_id = ${tasks.tenantId} AND c.task_id = ${tasks.id})
        OR EXISTS (SELECT FROM checkpoints c WHERE c.tenant_id = ${tasks.tenantId}
          AND c.task_id = ${tasks.id} AND jsonb_array_length(c.body -> 'files') > 0))`,
    })
    .from(tasks)
    .innerJoin(repositories, ofTask())
    .leftJoin(plans, and(eq(plans.tenantId, tasks.tenantId), eq(plans.id, tasks.planId)))
    .leftJoin(changeSets, and(eq(changeSets.tenantId, tasks.tenantId), eq(changeSets.id, tasks.changeSetId)))
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, id)));
  if (row === undefined) return undefined;
  const { number, phase, state, runId, reason, detail, receipts, createdAt, endedAt } = attempts;
  const spending = spendingOf(tx, id);
  const tries = await tx.db
    .select({
      ...{ id: attempts.id, number, phase, state, runId, reason, detail, receipts, createdAt, endedAt },
      spentMicroUsd: sql<number>`coalesce(${spending.microUsd}, 0)`.mapWith(Number),
      tokens: sql<Tokens>`json_build_object('input', coalesce(${spending.input}, 0),
        'output', coalesce(${spending.output}, 0), 'cacheRead', coalesce(${spending.cacheRead}, 0),
        'cacheWrite', coalesce(${spending.cacheWrite}, 0))`,
    })
    .from(attempts)
    .leftJoin(spending, eq(spending.attemptId, attempts.id))
    .where(and(eq(attempts.tenantId, tx.scope.tenantId), eq(attempts.taskId, id)))
    .orderBy(desc(attempts.number));
  return { row, attempts: tries };
}

/** What model calls of each attempt of a task took. */
function spendingOf(tx: TenantTx, id: TaskId) {
  const sum = (name: keyof Tokens) =>
    sql<number>`coalesce(sum((${usage.tokens} ->> ${sql.raw(`'${name}'`)})::bigint), 0)`;
  return tx.db
    .select({
      attemptId: usage.attemptId,
      microUsd: sql<number>`sum(${usage.microUsd})`.as("micro_usd_of_attempt"),
      input: sum("input").as("input"),
      output: sum("output").as("output"),
      cacheRead: sum("cacheRead").as("cache_read"),
      cacheWrite: sum("cacheWrite").as("cache_write"),
    })
    .from(usage)
    .where(and(eq(usage.tenantId, tx.scope.tenantId), eq(usage.taskId, id)))
    .groupBy(usage.attemptId)
    .as("spending");
}

/** A page of a task's facts, oldest first. */
export async function listEvents(
  tx: TenantTx,
  input: { taskId: TaskId; after: string | undefined; limit: number },
): Promise<EventRow[]> {
  return tx.db
    .select()
    .from(events)
    .where(
      and(
        eq(events.tenantId, tx.scope.tenantId),
        eq(events.taskId, input.taskId),
        input.after === undefined ? undefined : gt(events.id, input.after as EventRow["id"]),
      ),
    )
    .orderBy(asc(events.id))
    .limit(input.limit);
}

/** How many of a task's facts there are up to this one. */
export async function countEvents(tx: TenantTx, input: { taskId: TaskId; upTo: string }): Promise<number> {
  const [row] = await tx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(events)
    .where(
      and(
        eq(events.tenantId, tx.scope.tenantId),
        eq(events.taskId, input.taskId),
        lte(events.id, input.upTo as EventRow["id"]),
      ),
    );
  return row?.count ?? 0;
}

/** The facts of a task written within the span, and the highest id among those before. */
export async function recentEvents(
  tx: TenantTx,
  input: { taskId: TaskId; withinMs: number },
): Promise<{ floor: string; ids: string[] }> {
  const start = sql`now() - ${input.withinMs} * interval '1 ms'`;
  const [row] = await tx.db
    .select({
      floor: sql<string>`coalesce(max(${events.id}) FILTER (WHERE ${events.at} <= ${start}), '')`,
      ids: sql<string[]>`coalesce(array_agg(${events.id}) FILTER (WHERE ${events.at} > ${start}), '{}')`,
    })
    .from(events)
    .where(and(eq(events.tenantId, tx.scope.tenantId), eq(events.taskId, input.taskId)));
  return row ?? { floor: "", ids: [] };
}

export type Watched = { tenantId: string; taskId: string; floor: string; known: number };

/**
 * Which of the watched tasks have other facts above `floor` than the number known. One statement for all
 * watchers of a process, so it is the system's; what is new is then read as the tenant.
 */
export async function findChangedTasks(
  db: SystemDb,
  watched: Watched[],
): Promise<{ tenantId: string; taskId: string }[]> {
  const { rows } = await db.db.execute<{ tenantId: string; taskId: string }>(sql`
    SELECT w.tenant_id AS "tenantId", w.task_id AS "taskId"
    FROM unnest(${sql.param(watched.map(({ tenantId }) => tenantId))}::text[],
      ${sql.param(watched.map(({ taskId }) => taskId))}::text[],
      ${sql.param(watched.map(({ floor }) => floor))}::text[],
      ${sql.param(watched.map(({ known }) => known))}::int[]) AS w (tenant_id, task_id, floor, known)
    WHERE (SELECT count(*) FROM events e
      WHERE e.tenant_id = w.tenant_id AND e.task_id = w.task_id AND e.id > w.floor) <> w.known`);
  return rows;
}

/** The facts of several tasks above their floors, oldest first; at most `limit` of each task. */
export async function listFreshEvents(
  tx: TenantTx,
  input: { tasks: { taskId: TaskId; floor: string }[]; limit: number },
): Promise<EventRow[]> {
  const taskIds = sql.param(input.tasks.map(({ taskId }) => taskId));
  const floors = sql.param(input.tasks.map(({ floor }) => floor));
  const fresh = tx.db
    .select()
    .from(events)
    .where(
      and(
        eq(events.tenantId, tx.scope.tenantId),
        sql`${events.taskId} = w.task_id`,
        sql`${events.id} > w.floor`,
      ),
    )
    .orderBy(asc(events.id))
    .limit(input.limit);
  const watched = sql`unnest(${taskIds}::text[], ${floors}::text[]) AS w (task_id, floor)`;
  const { rows } = await tx.db.execute<
    Omit<EventRow, "tenantId" | "taskId"> & { taskId: TaskId; at: string }
  >(
    sql`SELECT e.tenant_id AS "tenantId", e.task_id AS "taskId", e.id, e.type, e.body, e.at
      FROM ${watched} CROSS JOIN LATERAL (${fresh}) e ORDER BY e.id`,
  );
  return rows.map((row) => ({ ...row, tenantId: tx.scope.tenantId, at: new Date(row.at) }));
}

/** A page of the tenant's runners at work or on their way, newest first. */
export async function listLiveAttempts(tx: TenantTx, input: { after: string | undefined; limit: number }) {
  return tx.db
    .select({
      id: attempts.id,
      taskId: attempts.taskId,
      number: attempts.number,
      phase: attempts.phase,
      state: attempts.state,
      runId: attempts.runId,
      leaseUntil: attempts.leaseUntil,
      dispatchedAt: attempts.dispatchedAt,
      stopping: sql<boolean>`${attempts.cancelReason} IS NOT NULL`,
      createdAt: attempts.createdAt,
      issueNumber: tasks.issueNumber,
      repositoryId: tasks.repositoryId,
      owner: repositories.owner,
      name: repositories.name,
    })
    .from(attempts)
    .innerJoin(tasks, and(eq(tasks.tenantId, attempts.tenantId), eq(tasks.id, attempts.taskId)))
    .innerJoin(repositories, ofTask())
    .where(
      and(
        eq(attempts.tenantId, tx.scope.tenantId),
        // Spelled out: as parameters the planner could not see that the partial index fits.
        sql`${attempts.state} IN (${sql.raw(LIVE_ATTEMPT_STATES.map((state) => `'${state}'`).join(", "))})`,
        input.after === undefined ? undefined : sql`${attempts.id} < ${input.after}`,
      ),
    )
    .orderBy(desc(attempts.id))
    .limit(input.limit);
}
export type LiveAttempt = Awaited<ReturnType<typeof listLiveAttempts>>[number];
