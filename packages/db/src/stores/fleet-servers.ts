import type { FleetServerId, TenantId } from "@aicd/core";
import { sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";

export type FleetServerState =
  | "creating"
  | "booting"
  | "busy"
  | "idle"
  | "rebuilding"
  | "quarantined"
  | "deleting"
  | "gone";

export type FleetServer = {
  tenantId: TenantId;
  id: FleetServerId;
  size: string;
  state: FleetServerState;
  serverType: string;
  location: string;
  microEurPerHour: number;
  cloudId: number | undefined;
  boughtFrom: Date | undefined;
  boots: number;
  runnerId: number | undefined;
  reason: string | undefined;
  createdAt: Date;
  stateAt: Date;
  askedAt: Date | undefined;
  /** Whose runner is on it at GitHub; undefined: the App is not installed there now. */
  account: { installationId: number; login: string } | undefined;
  /** The open job it is for. */
  job: { githubId: number; state: "queued" | "running"; repository: string; runId: number } | undefined;
};

type Row = {
  tenant_id: TenantId;
  id: FleetServerId;
  size: string;
  state: FleetServerState;
  server_type: string;
  location: string;
  micro_eur_per_hour: number;
  cloud_id: string | null;
  bought_from: string | null;
  boots: number;
  runner_id: string | null;
  reason: string | null;
  created_at: string;
  state_at: string;
  asked_at: string | null;
  github_id: string | null;
  job_state: "queued" | "running";
  repository: string;
  run_id: string;
  login: string;
  installation: string | null;
};

/** Every server that is not gone, of all tenants. System work. */
export async function listFleetServers(tx: SystemDb): Promise<FleetServer[]> {
  const { rows } = await tx.db.execute<Row>(sql`
    SELECT s.*, j.github_id, j.state AS job_state, j.repository, j.run_id, t.login,
      (SELECT max(i.github_id) FROM installations i WHERE i.tenant_id = s.tenant_id AND i.state = 'active')
        AS installation
    FROM fleet_servers s JOIN tenants t ON t.id = s.tenant_id LEFT JOIN LATERAL (
      SELECT f.github_id, f.state, f.run_id, r.name AS repository
      FROM fleet_jobs f JOIN repositories r ON r.tenant_id = f.tenant_id AND r.id = f.repository_id
      WHERE f.tenant_id = s.tenant_id AND f.server_id = s.id AND f.state IN ('queued', 'running')
      ORDER BY f.state DESC LIMIT 1
    ) j ON true
    WHERE s.state <> 'gone' ORDER BY s.created_at, s.id`);
  return rows.map(toServer);
}

function toServer(row: Row): FleetServer {
  const date = (text: string | null) => (text === null ? undefined : new Date(text));
  return {
    tenantId: row.tenant_id,
    id: row.id,
    size: row.size,
    state: row.state,
    serverType: row.server_type,
    location: row.location,
    microEurPerHour: row.micro_eur_per_hour,
    cloudId: row.cloud_id === null ? undefined : Number(row.cloud_id),
    boughtFrom: date(row.bought_from),
    boots: row.boots,
    runnerId: row.runner_id === null ? undefined : Number(row.runner_id),
    reason: row.reason ?? undefined,
    createdAt: new Date(row.created_at),
    stateAt: new Date(row.state_at),
    askedAt: date(row.asked_at),
    account:
      row.installation === null ? undefined : { installationId: Number(row.installation), login: row.login },
    job:
      row.github_id === null
        ? undefined
        : {
            githubId: Number(row.github_id),
            state: row.job_state,
            repository: row.repository,
            runId: Number(row.run_id),
          },
  };
}

/** A server the tenant has paid for and does not use, for another of its jobs: it will be rebuilt first. */
export async function takeIdleServer(
  tx: TenantTx,
  job: { githubId: number; size: string; at: Date; paidUntil: Date },
): Promise<FleetServerId | undefined> {
  const { rows } = await tx.query<{ id: FleetServerId }>(
    `WITH free AS (
       SELECT id FROM fleet_servers
       WHERE tenant_id = $1 AND size = $3 AND state = 'idle' AND (claimed_until IS NULL OR claimed_until < $4)
         AND bought_from + ceil(extract(epoch FROM $5::timestamptz - bought_from) / 3600) * interval '1 hour'
           = bought_from + ceil(extract(epoch FROM $4::timestamptz - bought_from) / 3600) * interval '1 hour'
       ORDER BY bought_from DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
     ), job AS (
       UPDATE fleet_jobs SET server_id = (SELECT id FROM free), detail = NULL
       WHERE tenant_id = $1 AND github_id = $2 AND state = 'queued' AND server_id IS NULL
         AND EXISTS (SELECT FROM free) RETURNING server_id
     )
     UPDATE fleet_servers s SET state = 'rebuilding', state_at = $4 FROM job
     WHERE s.tenant_id = $1 AND s.id = job.server_id RETURNING s.id`,
    [tx.scope.tenantId, job.githubId, job.size, job.at, job.paidUntil],
  );
  return rows[0]?.id;
}

/** Lets one process do with a server what takes time. @returns false: another is at it, or it moved on */
export async function claimFleetServer(
  tx: TenantTx,
  server: { id: FleetServerId; state: FleetServerState; at: Date; until: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE fleet_servers SET claimed_until = $5
     WHERE tenant_id = $1 AND id = $2 AND state = $3 AND (claimed_until IS NULL OR claimed_until <= $4)`,
    [tx.scope.tenantId, server.id, server.state, server.at, server.until],
  );
  return rowCount === 1;
}

/** One more disk: the number of the runner that will be on it. */
export async function countBoot(tx: TenantTx, id: FleetServerId): Promise<number | undefined> {
  const { rows } = await tx.query<{ boots: number }>(
    "UPDATE fleet_servers SET boots = boots + 1 WHERE tenant_id = $1 AND id = $2 RETURNING boots",
    [tx.scope.tenantId, id],
  );
  return rows[0]?.boots;
}

export type ServerChange = {
  id: FleetServerId;
  from: readonly FleetServerState[];
  to: FleetServerState;
  at: Date;
  reason?: string;
  /** The cloud was asked to delete it at that time. */
  askedAt?: Date;
  /** Nobody is to do anything with it before. */
  until?: Date;
};

/** Moves a server on and lets go of it. @returns false: it is in none of the states it was thought to be in */
export async function moveFleetServer(tx: TenantTx, change: ServerChange): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE fleet_servers SET state = $4, state_at = CASE WHEN state = $4 THEN state_at ELSE $5 END,
       reason = coalesce($6, reason), asked_at = coalesce($7, asked_at), claimed_until = $8
     WHERE tenant_id = $1 AND id = $2 AND state = ANY ($3)`,
    [
      tx.scope.tenantId,
      change.id,
      change.from,
      change.to,
      change.at,
      change.reason ?? null,
      change.askedAt ?? null,
      change.until ?? null,
    ],
  );
  return rowCount === 1;
}

/** What is found out of a server: the cloud's id and hour, GitHub's runner, or another kind it is to be of. */
export async function noteFleetServer(
  tx: TenantTx,
  id: FleetServerId,
  found: {
    cloud?: { id: number; boughtFrom: Date };
    runnerId?: number;
    offer?: { serverType: string; location: string; microEurPerHour: number };
  },
): Promise<void> {
  const { cloud, runnerId, offer } = found;
  await tx.query(
    `UPDATE fleet_servers SET cloud_id = coalesce($3, cloud_id), bought_from = coalesce($4, bought_from),
       runner_id = coalesce($5, runner_id), server_type = coalesce($6, server_type),
       location = coalesce($7, location), micro_eur_per_hour = coalesce($8, micro_eur_per_hour)
     WHERE tenant_id = $1 AND id = $2`,
    [
      tx.scope.tenantId,
      id,
      cloud?.id ?? null,
      cloud?.boughtFrom ?? null,
      runnerId ?? null,
      offer?.serverType ?? null,
      offer?.location ?? null,
      offer?.microEurPerHour ?? null,
    ],
  );
}

/** Its job, if it has not begun, waits for another server. */
export async function releaseFleetJob(
  tx: TenantTx,
  id: FleetServerId,
  why: { detail: string; until: Date },
): Promise<void> {
  await tx.query(
    `UPDATE fleet_jobs SET server_id = NULL, detail = $3, retry_at = $4
     WHERE tenant_id = $1 AND server_id = $2 AND state = 'queued'`,
    [tx.scope.tenantId, id, why.detail, why.until],
  );
}

/** A server by its id alone, whoever's: for what the cloud shows and we may have given up. System work. */
export async function locateFleetServer(
  tx: SystemDb,
  id: string,
): Promise<{ tenantId: TenantId; id: FleetServerId; state: FleetServerState } | undefined> {
  const { rows } = await tx.db.execute<{ tenant_id: TenantId; id: FleetServerId; state: FleetServerState }>(
    sql`SELECT tenant_id, id, state FROM fleet_servers WHERE id = ${id}`,
  );
  const [row] = rows;
  return row === undefined ? undefined : { tenantId: row.tenant_id, id: row.id, state: row.state };
}

export type NewFleetServer = {
  tenantId: TenantId;
  githubId: number;
  size: string;
  offer: { serverType: string; location: string; microEurPerHour: number };
  at: Date;
};
export type FleetCaps = {
  servers: number;
  serversPerTenant: number;
  microEurPerMonth: number;
  microEurPerMonthPerTenant: number;
};
export type Reserved =
  | { kind: "reserved"; id: FleetServerId }
  /** Somebody else saw to it. */
  | { kind: "void" }
  | { kind: "full"; cap: keyof FleetCaps };
