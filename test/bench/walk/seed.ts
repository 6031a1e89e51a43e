import type { Pool } from "pg";

/** Fills the tables as a system that has lived for a while has them: ended tasks with all they leave behind. */
export async function seedTasks(pool: Pool, wanted: number): Promise<void> {
  const { rows } = await pool.query("SELECT tenant_id, id FROM repositories LIMIT 1");
  const { tenant_id: tenant, id: repository } = rows[0];
  const { rows: counted } = await pool.query("SELECT count(*)::int AS n FROM tasks");
  const missing = wanted - counted[0].n;
  if (missing <= 0) return;
  const id = (prefix: string) => `'${prefix}_' || lpad(n::text, 26, '0')`;
  await pool.query(
    `INSERT INTO tasks (tenant_id, id, repository_id, issue_number, issue_title, state, phase, mode, requested_by,
       source, flags, budget_micro_usd, branch, pull_request_number, thread_version, thread_rendered, state_at, created_at)
     SELECT $1, ${id("tsk")}, $2, 5000000 + n, 'Old issue ' || n,
       (ARRAY['MERGED', 'CLOSED', 'CANCELLED', 'PR_OPEN', 'FAILED'])[1 + n % 5], 'code', 'wait',
       '{"login":"mona","id":1}', '{"kind":"issue"}', '{}', 10000000, 'aicd/issue-' || n, 6000000 + n, 9, 9,
       now() - n * interval '1 minute', now() - n * interval '1 minute'
     FROM generate_series(1, $3::int) n`,
    [tenant, repository, missing],
  );
  await pool.query(
    `INSERT INTO attempts (tenant_id, id, task_id, number, phase, state, run_key, epoch, ended_at, created_at)
     SELECT $1, ${id("att")}, ${id("tsk")}, 1, 'code', 'succeeded', 'run_' || n, 1, now(), now() - n * interval '1 minute'
     FROM generate_series(1, $2::int) n`,
    [tenant, missing],
  );
  await pool.query(
    `INSERT INTO events (tenant_id, id, task_id, type, body, at)
     SELECT $1, 'evt_' || lpad((n * 10 + k)::text, 26, '0'), ${id("tsk")}, 'tool.used', '{"tool":"read"}', now() - n * interval '1 minute'
     FROM generate_series(1, $2::int) n, generate_series(0, 9) k`,
    [tenant, missing],
  );
  await pool.query("VACUUM ANALYZE");
}
