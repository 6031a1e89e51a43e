import type { Pool } from "pg";

/** One owed or given-up job as an operator sees it. Times are the database's. */
export interface JobRow {
  readonly id: string;
  readonly job: string;
  readonly tenantId: string;
  readonly payload: unknown;
  readonly tries: number;
  /** Runs that ended with their process. */
  readonly deaths: number;
  readonly state: "dead" | "running" | "owed" | "later";
  readonly dueAt: Date;
  readonly deadAt: Date | null;
  /** Of the last run, with secrets taken out. */
  readonly error: string | null;
}

const ROWS = `
  select id::text, job, tenant_id as "tenantId", payload, tries, deaths, due_at as "dueAt", dead_at as "deadAt", error,
    case when dead_at is not null then 'dead' when claimed_until > now() then 'running'
      when due_at <= now() then 'owed' else 'later' end as state
  from outbox`;

const AGAIN = `dead_at = null, sent_at = null, claimed_until = null, tries = 0, deaths = 0, due_at = now()`;

/** What was given up, and what has been due for five minutes; the oldest first. */
export async function listTroubledJobs(pool: Pool): Promise<JobRow[]> {
  const { rows } = await pool.query<JobRow>(
    `${ROWS} where dead_at is not null or due_at < now() - interval '5 minutes' order by id limit 200`,
  );
  return rows;
}

export async function findJob(pool: Pool, id: string): Promise<JobRow | undefined> {
  const { rows } = await pool.query<JobRow>(`${ROWS} where id = $1`, [id]);
  return rows[0];
}

/** Owes it anew, with all its tries. False: there is no such job, or somebody runs it now. */
export async function retryJob(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update outbox set ${AGAIN} where id = $1 and (claimed_until is null or claimed_until < now())`,
    [id],
  );
  return rowCount === 1;
}

/**
 * Gives a job up: a worker says its last words, as after its last try, and lays it down. Whoever runs it now keeps at
 * it, and what it writes of the job is void. False: there is no such job, or it is given up already.
 * @param tries how many the job has
 */
export async function buryJob(
  pool: Pool,
  id: string,
  given: { tries: number; why: string },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update outbox set tries = greatest(tries, $2), deaths = 0, error = left($3, 2000), sent_at = null,
       claimed_until = null, due_at = now() where id = $1 and dead_at is null`,
    [id, given.tries, given.why],
  );
  return rowCount === 1;
}
