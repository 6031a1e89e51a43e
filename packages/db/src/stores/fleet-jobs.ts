import type { FleetServerId, RepositoryId, TenantId } from "@aicd/core";
import { sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";

/** A job of GitHub Actions that waits for a server, with where it belongs. */
export type WaitingJob = {
  tenantId: TenantId;
  githubId: number;
  runId: number;
  size: string;
  queuedAt: Date;
};

/** Writes down a job that asks for a server; one that is known stays as it is. @returns whether it is new */
export async function storeFleetJob(
  tx: TenantTx,
  job: {
    githubId: number;
    runId: number;
    repositoryId: RepositoryId;
    size: string;
    at: Date;
    /** Why it gets no server; undefined: it waits for one. */
    refused?: string | undefined;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO fleet_jobs (tenant_id, github_id, run_id, repository_id, size, state, detail, queued_at)
     VALUES ($1, $2, $3, $4, $5, CASE WHEN $7::text IS NULL THEN 'queued' ELSE 'refused' END, $7, $6)
     ON CONFLICT DO NOTHING`,
    [tx.scope.tenantId, job.githubId, job.runId, job.repositoryId, job.size, job.at, job.refused ?? null],
  );
  return rowCount === 1;
}

/**
 * A runner of ours took a job; not always the one its server was made for, as GitHub gives any runner any job whose
 * labels it has. Then the other job gets the server that this one was to have.
 */
export async function startFleetJob(
  tx: TenantTx,
  job: { githubId: number; serverId: FleetServerId; at: Date },
): Promise<boolean> {
  const { tenantId } = tx.scope;
  const { rowCount } = await tx.query(
    `WITH taken AS (
       UPDATE fleet_servers SET state = 'busy', state_at = $4
       WHERE tenant_id = $1 AND id = $3 AND state IN ('creating', 'booting', 'rebuilding') RETURNING id
     ), before AS (
       SELECT server_id FROM fleet_jobs WHERE tenant_id = $1 AND github_id = $2 AND state = 'queued' FOR UPDATE
     ), other AS (
       UPDATE fleet_jobs SET server_id = (SELECT server_id FROM before)
       WHERE tenant_id = $1 AND server_id = $3 AND github_id <> $2 AND state = 'queued'
         AND EXISTS (SELECT FROM before) AND EXISTS (SELECT FROM taken)
     )
     UPDATE fleet_jobs SET state = 'running', server_id = $3, started_at = $4, detail = NULL
     WHERE tenant_id = $1 AND github_id = $2 AND state = 'queued' AND EXISTS (SELECT FROM taken)`,
    [tenantId, job.githubId, job.serverId, job.at],
  );
  return rowCount === 1;
}

/** A job is over, whichever way and wherever it ran. */
export async function endFleetJob(tx: TenantTx, job: { githubId: number; at: Date }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE fleet_jobs SET state = 'done', done_at = $3
     WHERE tenant_id = $1 AND github_id = $2 AND state IN ('queued', 'running')`,
    [tx.scope.tenantId, job.githubId, job.at],
  );
  return rowCount === 1;
}

/** No server can be had for it now; it is looked at again later. */
export async function postponeFleetJob(
  tx: TenantTx,
  job: { githubId: number; detail: string; until: Date },
): Promise<void> {
  await tx.query(
    `UPDATE fleet_jobs SET detail = $3, retry_at = $4 WHERE tenant_id = $1 AND github_id = $2 AND state = 'queued'`,
    [tx.scope.tenantId, job.githubId, job.detail, job.until],
  );
}

/** It must not run here. It goes on waiting at GitHub, which gives it up after a day. */
export async function refuseFleetJob(tx: TenantTx, job: { githubId: number; detail: string }): Promise<void> {
  await tx.query(
    `UPDATE fleet_jobs SET state = 'refused', detail = $3 WHERE tenant_id = $1 AND github_id = $2 AND state = 'queued'`,
    [tx.scope.tenantId, job.githubId, job.detail],
  );
}

/**
 * Jobs without a server, tenants with the fewest living servers first: many jobs of one do not keep the others
 * waiting. System work.
 */
export async function listWaitingFleetJobs(tx: SystemDb, at: Date): Promise<WaitingJob[]> {
  const { rows } = await tx.db.execute<{
    tenant_id: TenantId;
    github_id: string;
    run_id: string;
    size: string;
    queued_at: string;
  }>(sql`
    SELECT j.tenant_id, j.github_id, j.run_id, j.size, j.queued_at FROM (
      SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY queued_at, github_id) AS place
      FROM fleet_jobs WHERE state = 'queued' AND server_id IS NULL AND (retry_at IS NULL OR retry_at <= ${at})
    ) j
    ORDER BY j.place + (SELECT count(*) FROM fleet_servers s WHERE s.tenant_id = j.tenant_id
      AND s.state NOT IN ('idle', 'quarantined', 'deleting', 'gone')), j.queued_at, j.github_id
    LIMIT 100`);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    githubId: Number(row.github_id),
    runId: Number(row.run_id),
    size: row.size,
    queuedAt: new Date(row.queued_at),
  }));
}

export type OpenJob = {
  tenantId: TenantId;
  githubId: number;
  place: { installationId: number; owner: string; name: string };
};

/** Open jobs GitHub was not asked about for a while: a delivery may have been lost. System work. */
export async function listUnseenFleetJobs(tx: SystemDb, before: Date): Promise<OpenJob[]> {
  const { rows } = await tx.db.execute<{
    tenant_id: TenantId;
    github_id: string;
    installation: string;
    owner: string;
    name: string;
  }>(sql`
    SELECT f.tenant_id, f.github_id, i.github_id AS installation, r.owner, r.name FROM fleet_jobs f
    JOIN repositories r ON r.tenant_id = f.tenant_id AND r.id = f.repository_id
    JOIN installations i ON i.tenant_id = f.tenant_id AND i.id = r.installation_id
    WHERE f.state IN ('queued', 'running') AND coalesce(f.looked_at, f.started_at, f.queued_at) < ${before}
    ORDER BY coalesce(f.looked_at, f.started_at, f.queued_at) LIMIT 50`);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    githubId: Number(row.github_id),
    place: { installationId: Number(row.installation), owner: row.owner, name: row.name },
  }));
}

export async function noteFleetJobSeen(tx: TenantTx, job: { githubId: number; at: Date }): Promise<void> {
  await tx.query("UPDATE fleet_jobs SET looked_at = $3 WHERE tenant_id = $1 AND github_id = $2", [
    tx.scope.tenantId,
    job.githubId,
    job.at,
  ]);
}
