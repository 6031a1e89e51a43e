import { LIMITS } from "@aicd/core";
import {
  listWaitingFleetJobs,
  postponeFleetJob,
  reserveFleetServer,
  takeIdleServer,
  type WaitingJob,
} from "@aicd/db";
import type { FleetDeps } from "./fleet.ts";

const FULL = {
  servers: "All servers this installation of AI-CD may have are in use.",
  serversPerTenant: "All servers the organisation may have are in use.",
  microEurPerMonth: "This month's servers cost as much as the operator allows.",
  microEurPerMonthPerTenant: "This month's servers cost the organisation as much as the operator allows.",
} as const;
const NONE = "The cloud has no server of that size to give right now.";

/**
 * Gives each waiting job a server: one its tenant has paid for and does not use, else a new one if the caps allow.
 * A server goes from job to job of one tenant only; the database refuses anything else.
 */
export async function placeJobs(deps: FleetDeps): Promise<void> {
  for (const job of await listWaitingFleetJobs(deps.db.system, new Date(deps.now()))) {
    try {
      await place(deps, job);
    } catch (err) {
      deps.log.warn(
        { err, tenantId: job.tenantId, jobId: job.githubId },
        "a job could not be given a server",
      );
    }
  }
}

async function place(deps: FleetDeps, job: WaitingJob): Promise<void> {
  const { fleet, db, mint } = deps;
  const scope = { tenantId: job.tenantId };
  const at = new Date(deps.now());
  const paidUntil = new Date(deps.now() + LIMITS.fleetMarginMs);
  const idle = await db.withTenant(scope, (tx) => takeIdleServer(tx, { ...job, at, paidUntil }));
  if (idle !== undefined) return;
  const [offer] = await fleet.cloud.offers(job.size);
  const { caps } = fleet;
  const reserved =
    offer === undefined
      ? undefined
      : await db.withSystem((tx) => reserveFleetServer(tx, mint, { ...job, offer, at, caps }));
  if (reserved !== undefined && reserved.kind !== "full") return;
  const detail = reserved === undefined ? NONE : FULL[reserved.cap];
  const until = new Date(deps.now() + LIMITS.fleetRetryMs);
  await db.withTenant(scope, (tx) => postponeFleetJob(tx, { githubId: job.githubId, detail, until }));
}
