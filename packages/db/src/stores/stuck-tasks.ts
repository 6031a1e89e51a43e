import type { TaskId, TaskState, TenantId } from "@aicd/core";
import type { Pool } from "pg";

/** A task that should move by itself and has not, and what it may be waiting for. */
export type StuckTask = {
  tenantId: TenantId;
  id: TaskId;
  repository: string;
  issueNumber: number;
  state: TaskState;
  since: Date;
  /** Of its newest attempt; null: there never was one. */
  attempt: string | null;
  leaseUntil: Date | null;
  /** Jobs owed for it, with the errors of their last runs. */
  jobs: string[];
};

/** Tasks at work that have not moved for as long as given, the longest first; 200 at most. System work. */
export async function listStuckTasks(pool: Pool, minutes: number): Promise<StuckTask[]> {
  const { rows } = await pool.query<StuckTask>(
    `SELECT t.tenant_id AS "tenantId", t.id, r.owner || '/' || r.name AS repository,
       t.issue_number AS "issueNumber", t.state, t.state_at AS since, a.state AS attempt,
       a.lease_until AS "leaseUntil",
       array(SELECT o.job || coalesce(': ' || o.error, '') FROM outbox o
         WHERE o.tenant_id = t.tenant_id AND o.payload ->> 'taskId' = t.id ORDER BY o.id) AS jobs
     FROM tasks t
     JOIN repositories r ON (r.tenant_id, r.id) = (t.tenant_id, t.repository_id)
     LEFT JOIN LATERAL (SELECT state, lease_until FROM attempts
       WHERE (tenant_id, task_id) = (t.tenant_id, t.id) ORDER BY number DESC LIMIT 1) a ON true
     WHERE t.state IN ('QUEUED', 'PLANNING', 'CODING', 'REVIEWING', 'PUBLISHING')
       AND t.state_at < now() - $1 * interval '1 minute'
     ORDER BY t.state_at LIMIT 200`,
    [minutes],
  );
  return rows;
}
