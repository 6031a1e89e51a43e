import type { TenantTx } from "../database.ts";

/** Tasks of a span of time by what became of them; seconds from the wish to the first pull request. */
export type Outcomes = {
  tasks: number;
  /** Got a pull request, whatever became of that. */
  pullRequests: number;
  merged: number;
  /** The pull request was closed without a merge. */
  closed: number;
  /** FAILED without a pull request. */
  failed: number;
  /** Ended by a person, or by the age of a plan, without a pull request. */
  cancelled: number;
  /** Null: there was no pull request. */
  toPullRequestS: { median: number; p90: number } | null;
};

/**
 * What became of the tasks that were asked for in a span of time, as of now. Sums of the whole tenant, of which
 * nobody can tell what is in them.
 */
export async function sumOutcomes(tx: TenantTx, { from, to }: { from: Date; to: Date }): Promise<Outcomes> {
  const { rows } = await tx.whole(() =>
    tx.query<Omit<Outcomes, "toPullRequestS"> & { median: number | null; p90: number | null }>(
      `SELECT count(*)::int AS tasks,
         count(t.pull_request_number)::int AS "pullRequests",
         count(*) FILTER (WHERE t.state = 'MERGED')::int AS merged,
         count(*) FILTER (WHERE t.state = 'CLOSED')::int AS closed,
         count(*) FILTER (WHERE t.state = 'FAILED' AND t.pull_request_number IS NULL)::int AS failed,
         count(*) FILTER (WHERE t.state = 'CANCELLED' AND t.pull_request_number IS NULL)::int AS cancelled,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY p.seconds) AS median,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY p.seconds) AS p90
       FROM tasks t LEFT JOIN LATERAL (
         SELECT extract(epoch FROM min(e.at) - t.created_at)::float8 AS seconds FROM events e
         WHERE e.tenant_id = t.tenant_id AND e.task_id = t.id AND e.type = 'pull_request.opened'
       ) p ON true
       WHERE t.tenant_id = $1 AND t.created_at >= $2 AND t.created_at < $3`,
      [tx.scope.tenantId, from, to],
    ),
  );
  const [row] = rows;
  if (row === undefined) throw new Error("a sum without GROUP BY has one row");
  const { median, p90, ...counts } = row;
  return { ...counts, toPullRequestS: median === null || p90 === null ? null : { median, p90 } };
}
