import type { SystemTx } from "../database.ts";

/** One number: the metric it belongs to, its label's value (two of them joined by a tab), and what it is. */
export type Measured = { metric: string; label: string; value: number };

/** What is over is not counted: it only grows, and no index leads to it. */
const OPEN_TASKS = "state NOT IN ('MERGED', 'CLOSED', 'CANCELLED', 'FAILED')";
const AGE = (column: string) => `extract(epoch FROM max(now() - ${column}))`;

/** Each is quick on a large database: it counts what is open, or asks the catalog. */
const MEASURES = [
  `SELECT 'aicd_tasks', state, count(*) FROM tasks WHERE ${OPEN_TASKS} GROUP BY state`,
  `SELECT 'aicd_task_oldest_seconds', state, ${AGE("state_at")} FROM tasks WHERE ${OPEN_TASKS} GROUP BY state`,
  "SELECT 'aicd_attempts', state, count(*) FROM attempts WHERE ended_at IS NULL GROUP BY state",
  "SELECT 'aicd_leases_overdue', '', count(*) FROM attempts WHERE state = 'leased' AND lease_until < now()",
  `SELECT 'aicd_attempts_ended', state || E'\\t' || coalesce(reason, ''), count(*) FROM attempts
   WHERE ended_at > now() - interval '1 hour' GROUP BY state, reason`,
  "SELECT 'aicd_jobs_owed', job, count(*) FROM outbox WHERE dead_at IS NULL AND due_at < now() GROUP BY job",
  `SELECT 'aicd_jobs_oldest_seconds', job, ${AGE("due_at")} FROM outbox
   WHERE dead_at IS NULL AND due_at < now() GROUP BY job`,
  "SELECT 'aicd_jobs_dead', job, count(*) FROM outbox WHERE dead_at IS NOT NULL GROUP BY job",
  "SELECT 'aicd_webhooks_waiting', '', count(*) FROM webhook_deliveries WHERE processed_at IS NULL",
  "SELECT 'aicd_indexes', state, count(*) FROM code_indexes GROUP BY state",
  `SELECT 'aicd_index_oldest_seconds', '', coalesce(${AGE("requested_at")}, 0) FROM code_indexes
   WHERE state IN ('queued', 'indexing')`,
  "SELECT 'aicd_money_held_micro_usd', '', coalesce(sum(held_micro_usd), 0) FROM reservations",
  "SELECT 'aicd_paused', '', count(*) FROM server_pauses WHERE ended_at IS NULL",
  "SELECT 'aicd_calls_held', '', count(*) FROM reservations",
  "SELECT 'aicd_installations', state, count(*) FROM installations GROUP BY state",
  "SELECT 'aicd_database_bytes', '', pg_database_size(current_database())",
  `SELECT 'aicd_database_connections', coalesce(state, 'other'), count(*) FROM pg_stat_activity
   WHERE datname = current_database() GROUP BY state`,
];

/** What the database alone knows of how the system is. System work. */
export async function measure(tx: SystemTx): Promise<Measured[]> {
  const { rows } = await tx.query<{ metric: string; label: string; value: string }>(
    MEASURES.map((sql) => `(${sql})`)
      .join(" UNION ALL ")
      .replace(
        "SELECT 'aicd_tasks', state, count(*)",
        "SELECT 'aicd_tasks' AS metric, state AS label, count(*)::float AS value",
      ),
  );
  return rows.map(({ metric, label, value }) => ({ metric, label, value: Number(value) }));
}
