import type { MintId, TenantId } from "@aicd/core";
import { sql } from "drizzle-orm";
import type { SystemDb, SystemTx } from "../database.ts";
import type { FleetCaps, NewFleetServer, Reserved } from "./fleet-servers.ts";

/** One reservation at a time, so that no two of them pass a cap together. */
const RESERVING = "pg_advisory_xact_lock(7221005)";

/**
 * Gives a job a server that is yet to be made, if the caps allow it: on living servers and on what this month's hours
 * (UTC) cost, of the tenant and of all. Hours that begin while a job runs are bought all the same. System work: the
 * caps are of all tenants.
 */
export async function reserveFleetServer(
  tx: SystemTx,
  mint: MintId,
  wanted: NewFleetServer & { caps: FleetCaps },
): Promise<Reserved> {
  const { tenantId, githubId, size, offer, at, caps } = wanted;
  await tx.query(`SELECT ${RESERVING}`, []);
  const { rows } = await tx.query<{
    servers: number;
    own_servers: number;
    cost: string;
    own_cost: string;
  }>(
    `WITH living AS (
       SELECT tenant_id, CASE WHEN bought_from IS NULL THEN micro_eur_per_hour ELSE 0 END AS owed
       FROM fleet_servers WHERE state <> 'gone'
     ), bought AS (
       SELECT tenant_id, sum(micro_eur) AS cost FROM fleet_hours
       WHERE started_at >= date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' GROUP BY 1
     )
     SELECT (SELECT count(*)::int FROM living) AS servers,
       (SELECT count(*)::int FROM living WHERE tenant_id = $1) AS own_servers,
       coalesce((SELECT sum(cost) FROM bought), 0) + coalesce((SELECT sum(owed) FROM living), 0) AS cost,
       coalesce((SELECT sum(cost) FROM bought WHERE tenant_id = $1), 0)
         + coalesce((SELECT sum(owed) FROM living WHERE tenant_id = $1), 0) AS own_cost`,
    [tenantId, at],
  );
  const [now] = rows;
  if (now === undefined) return { kind: "void" };
  const full = (
    [
      ["servers", now.servers + 1],
      ["serversPerTenant", now.own_servers + 1],
      ["microEurPerMonth", Number(now.cost) + offer.microEurPerHour],
      ["microEurPerMonthPerTenant", Number(now.own_cost) + offer.microEurPerHour],
    ] as const
  ).find(([cap, would]) => would > caps[cap]);
  if (full !== undefined) return { kind: "full", cap: full[0] };
  const id = mint("fleetServer");
  const { rowCount } = await tx.query(
    `WITH job AS (
       SELECT FROM fleet_jobs WHERE tenant_id = $1 AND github_id = $3 AND state = 'queued' AND server_id IS NULL
       FOR UPDATE
     )
     INSERT INTO fleet_servers
       (tenant_id, id, size, state, server_type, location, micro_eur_per_hour, created_at, state_at)
     SELECT $1, $2, $4, 'creating', $5, $6, $7, $8, $8 FROM job`,
    [tenantId, id, githubId, size, offer.serverType, offer.location, offer.microEurPerHour, at],
  );
  if (rowCount !== 1) return { kind: "void" };
  await tx.query(
    "UPDATE fleet_jobs SET server_id = $3, detail = NULL WHERE tenant_id = $1 AND github_id = $2",
    [tenantId, githubId, id],
  );
  return { kind: "reserved", id };
}

/**
 * Writes down every hour that has begun, of every server there is: the cloud asks for each in full. A server that is
 * being deleted costs until it was asked for. Saying it again changes nothing. System work.
 */
export async function bookFleetHours(tx: SystemDb, at: Date): Promise<void> {
  await tx.db.execute(sql`
    INSERT INTO fleet_hours (tenant_id, server_id, hour, started_at, server_type, location, micro_eur)
    SELECT s.tenant_id, s.id, h, s.bought_from + (h - 1) * interval '1 hour', s.server_type, s.location,
      s.micro_eur_per_hour
    FROM fleet_servers s CROSS JOIN LATERAL generate_series(1, greatest(1, ceil(extract(epoch FROM
      CASE WHEN s.state = 'deleting' THEN coalesce(s.asked_at, ${at}) ELSE ${at} END - s.bought_from) / 3600))::int) h
    WHERE s.state <> 'gone' AND s.bought_from IS NOT NULL
    ON CONFLICT DO NOTHING`);
}

export type FleetCost = { tenantId: TenantId; hours: number; microEur: number };

/** What the servers of each tenant have cost since a time. System work. */
export async function sumFleetHours(tx: SystemDb, since: Date): Promise<FleetCost[]> {
  const { rows } = await tx.db.execute<{ tenant_id: TenantId; hours: number; cost: string }>(sql`
    SELECT tenant_id, count(*)::int AS hours, sum(micro_eur) AS cost FROM fleet_hours
    WHERE started_at >= ${since} GROUP BY 1 ORDER BY 1`);
  return rows.map((row) => ({ tenantId: row.tenant_id, hours: row.hours, microEur: Number(row.cost) }));
}
