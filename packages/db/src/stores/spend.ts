import type { Excuse } from "@aicd/core";
import { and, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { spendMonths, usage } from "../schema/records.ts";
import { tasks } from "../schema/tasks.ts";
import { repositories } from "../schema/tenancy.ts";

export const SPEND_GROUPS = ["day", "repository", "person", "model", "outcome", "task"] as const;
export type SpendGroup = (typeof SPEND_GROUPS)[number];

/** What was spent; `excusedMicroUsd` of it is not billed. */
export type SpendRow = {
  key: string;
  label: string;
  microUsd: number;
  excusedMicroUsd: number;
  calls: number;
};

// What the transaction's viewer may not see joins nothing: it is one row, without a name.
const GROUPS = {
  day: {
    key: sql<string>`to_char(${usage.createdAt} AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
    label: sql<string>`''`,
  },
  repository: {
    key: sql<string>`coalesce(${repositories.id}, '')`,
    label: sql<string>`coalesce(min(${repositories.owner} || '/' || ${repositories.name}), '')`,
  },
  person: {
    key: sql<string>`coalesce(${tasks.requestedBy} ->> 'id', '')`,
    label: sql<string>`coalesce(max(${tasks.requestedBy} ->> 'login'), '')`,
  },
  model: {
    key: sql<string>`${usage.provider} || '/' || ${usage.model}`,
    label: sql<string>`min(${usage.model})`,
  },
  outcome: {
    key: sql<string>`coalesce(${tasks.state}, '')`,
    label: sql<string>`''`,
  },
  task: {
    key: sql<string>`coalesce(${tasks.id}, '')`,
    label: sql<string>`coalesce(min(${repositories.owner} || '/' || ${repositories.name} || '#' || ${tasks.issueNumber}), '')`,
  },
} as const satisfies Record<SpendGroup, { key: SQL<string>; label: SQL<string> }>;

/**
 * What the tenant's usage rows of a span cost, summed by one thing; days in order, else the dearest first; all of
 * them without a limit. What the viewer may not see of it stands under the key ''.
 */
export async function sumSpend(
  tx: TenantTx,
  input: { by: SpendGroup; from: Date; to: Date; limit?: number },
): Promise<SpendRow[]> {
  const { key, label } = GROUPS[input.by];
  const microUsd = sql<number>`sum(${usage.microUsd})::bigint`.mapWith(Number);
  const excusedMicroUsd =
    sql<number>`coalesce(sum(${usage.microUsd}) FILTER (WHERE ${usage.excused} IS NOT NULL), 0)::bigint`.mapWith(
      Number,
    );
  const sums = tx.db
    .select({ key, label, microUsd, excusedMicroUsd, calls: sql<number>`count(*)::int` })
    .from(usage)
    .leftJoin(tasks, and(eq(tasks.tenantId, usage.tenantId), eq(tasks.id, usage.taskId)))
    .leftJoin(
      repositories,
      and(eq(repositories.tenantId, tasks.tenantId), eq(repositories.id, tasks.repositoryId)),
    )
    .where(inSpan(tx, input))
    .groupBy(sql`1`)
    .orderBy(input.by === "day" ? sql`1` : sql`3 DESC, 1`);
  return input.limit === undefined ? sums : sums.limit(input.limit);
}

export type SpendTotal = { microUsd: number; calls: number; tasks: number };

export async function totalSpend(tx: TenantTx, input: { from: Date; to: Date }): Promise<SpendTotal> {
  const [row] = await tx.db
    .select({
      microUsd: sql<number>`coalesce(sum(${usage.microUsd}), 0)::bigint`.mapWith(Number),
      calls: sql<number>`count(*)::int`,
      tasks: sql<number>`count(DISTINCT ${usage.taskId})::int`,
    })
    .from(usage)
    .where(inSpan(tx, input));
  return row ?? { microUsd: 0, calls: 0, tasks: 0 };
}

export type ExcusedSpend = { reason: Excuse; microUsd: number; calls: number };

/** What of a span is not billed, and why; the dearest reason first. */
export async function sumExcused(tx: TenantTx, input: { from: Date; to: Date }): Promise<ExcusedSpend[]> {
  const { rows } = await tx.query<{ reason: Excuse; cost: string; calls: number }>(
    `SELECT excused AS reason, sum(micro_usd) AS cost, count(*)::int AS calls FROM usage
     WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3 AND excused IS NOT NULL
     GROUP BY excused ORDER BY sum(micro_usd) DESC, excused`,
    [tx.scope.tenantId, input.from, input.to],
  );
  return rows.map(({ reason, cost, calls }) => ({ reason, microUsd: Number(cost), calls }));
}

/** What the tenant spent since the first of this month, UTC, in millionths of a dollar. */
export async function monthSpend(tx: TenantTx): Promise<number> {
  const [row] = await tx.db
    .select({ microUsd: spendMonths.spentMicroUsd })
    .from(spendMonths)
    .where(
      and(
        eq(spendMonths.tenantId, tx.scope.tenantId),
        sql`${spendMonths.month} = date_trunc('month', now() AT TIME ZONE 'UTC')::date`,
      ),
    );
  return row?.microUsd ?? 0;
}

export type OpenBudget = { tasks: number; budgetMicroUsd: number; spentMicroUsd: number };

/** What the tenant's tasks that are not over may still cost: their hard stops, and what is spent of them. */
export async function sumOpenBudgets(tx: TenantTx): Promise<OpenBudget> {
  const sum = (column: typeof tasks.budgetMicroUsd | typeof tasks.spentMicroUsd) =>
    sql<number>`coalesce(sum(${column}), 0)::bigint`.mapWith(Number);
  const sums = tx.db
    .select({
      tasks: sql<number>`count(*)::int`,
      budgetMicroUsd: sum(tasks.budgetMicroUsd),
      spentMicroUsd: sum(tasks.spentMicroUsd),
    })
    .from(tasks)
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        // As the partial index of living tasks says it, so that the rest is not read.
        sql`${tasks.state} NOT IN ('MERGED', 'CLOSED', 'CANCELLED')`,
        sql`${tasks.state} <> 'FAILED'`,
      ),
    );
  const [row] = await tx.whole(async () => sums);
  return row ?? { tasks: 0, budgetMicroUsd: 0, spentMicroUsd: 0 };
}

function inSpan(tx: TenantTx, { from, to }: { from: Date; to: Date }): SQL | undefined {
  return and(eq(usage.tenantId, tx.scope.tenantId), gte(usage.createdAt, from), lt(usage.createdAt, to));
}

/** Pull requests merged since a time, and what all calls since then cost: together the price of one. */
export async function sumMerged(
  tx: TenantTx,
  since: Date,
): Promise<{ pullRequests: number; microUsd: number }> {
  const { rows } = await tx.query(
    `SELECT (SELECT count(*)::int FROM events WHERE tenant_id = $1 AND type = 'pull_request.merged' AND at >= $2) AS merged,
       (SELECT coalesce(sum(micro_usd), 0) FROM usage WHERE tenant_id = $1 AND created_at >= $2) AS cost`,
    [tx.scope.tenantId, since],
  );
  return { pullRequests: rows[0].merged, microUsd: Number(rows[0].cost) };
}
