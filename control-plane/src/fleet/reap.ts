import { LIMITS } from "@aicd/core";
import {
  bookFleetHours,
  endFleetJob,
  type FleetServer,
  listFleetServers,
  listUnseenFleetJobs,
  locateFleetServer,
  noteFleetJobSeen,
  type OpenJob,
  releaseFleetJob,
  startFleetJob,
} from "@aicd/db";
import type { Server } from "@aicd/hetzner";
import { noteCloud } from "./boot.ts";
import type { FleetDeps } from "./fleet.ts";
import { fleetLabels, leaseOf, serverOfRunner } from "./names.ts";
import { move } from "./remove.ts";

/** A server may be in our rows a moment before it is in the cloud's list. */
const SETTLED_MS = 60_000;

/**
 * Holds what the cloud has against what we know: servers nobody leases are deleted, leases whose server is gone end,
 * and jobs of which no delivery told are asked for. Nothing without the fleet's label is touched.
 */
export async function reapFleet(deps: FleetDeps): Promise<void> {
  await lookAtJobs(deps);
  const { cloud, name } = deps.fleet;
  const at = deps.now();
  await bookFleetHours(deps.db.system, new Date(at));
  const listed = await cloud.list(fleetLabels(name));
  // After the list: a row is written before its server is asked for, so every server in the list has its row here.
  const leased = new Map((await listFleetServers(deps.db.system)).map((server) => [server.id, server]));
  for (const found of listed) {
    const id = leaseOf(found.labels);
    const server = id === undefined ? undefined : leased.get(id);
    await each(deps, found.id, () =>
      server === undefined ? endOrphan(deps, found) : meet(deps, server, found),
    );
  }
  const there = new Set(listed.map(({ id }) => id));
  for (const server of leased.values()) {
    const { cloudId, boughtFrom } = server;
    if (cloudId === undefined || boughtFrom === undefined || there.has(cloudId)) continue;
    if (boughtFrom.getTime() > at - SETTLED_MS) continue;
    await each(deps, cloudId, () => endVanished(deps, server));
  }
}

async function each({ log }: FleetDeps, cloudId: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (err) {
    log.warn({ err, cloudId }, "the reaper could not see to a server");
  }
}

/** Both know it: what an answer did not tell is learned here. */
async function meet(deps: FleetDeps, server: FleetServer, found: Server): Promise<void> {
  if (server.cloudId === undefined) await noteCloud(deps, server, found);
  if (server.state === "booting" && found.status === "off") await deps.fleet.cloud.powerOn(found.id);
}

/** The cloud has it and nobody leases it: it came back, or its row is of another time. It costs until it goes. */
async function endOrphan(deps: FleetDeps, found: Server): Promise<void> {
  const id = leaseOf(found.labels);
  const known = id === undefined ? undefined : await locateFleetServer(deps.db.system, id);
  deps.log.error({ cloudId: found.id, serverId: id }, "a server that nobody leases is deleted");
  if (known === undefined) {
    await deps.fleet.cloud.remove(found.id);
    return;
  }
  await noteCloud(deps, known, found);
  await move(deps, known, { from: ["gone"], to: "deleting", reason: "it came back" });
}

/** It has cost until now at most. What ran on it is ended by GitHub; what had not begun gets another. */
async function endVanished(deps: FleetDeps, server: FleetServer): Promise<void> {
  const { account, runnerId } = server;
  if (server.state !== "deleting")
    deps.log.warn({ tenantId: server.tenantId, serverId: server.id }, "a server vanished");
  if (!(await move(deps, server, { from: [server.state], to: "gone", reason: "it vanished" }))) return;
  const until = new Date(deps.now());
  const detail = "its server vanished";
  await deps.db.withTenant(server, (tx) => releaseFleetJob(tx, server.id, { detail, until }));
  if (account !== undefined && runnerId !== undefined) await deps.fleet.runners.remove(account, runnerId);
}

async function lookAtJobs(deps: FleetDeps): Promise<void> {
  const before = new Date(deps.now() - LIMITS.fleetLookMs);
  for (const job of await listUnseenFleetJobs(deps.db.system, before)) {
    try {
      await look(deps, job);
    } catch (err) {
      deps.log.warn({ err, tenantId: job.tenantId, jobId: job.githubId }, "a job could not be looked at");
    }
  }
}

async function look(deps: FleetDeps, { tenantId, githubId, place }: OpenJob): Promise<void> {
  const found = await deps.fleet.runners.job(place, githubId);
  const at = new Date(deps.now());
  await deps.db.withTenant({ tenantId }, async (tx) => {
    await noteFleetJobSeen(tx, { githubId, at });
    if (found === undefined || found.status === "completed")
      return void (await endFleetJob(tx, { githubId, at }));
    if (found.status !== "in_progress") return;
    const serverId = serverOfRunner(found.runnerName ?? "");
    if (serverId !== undefined) await startFleetJob(tx, { githubId, serverId, at });
  });
}
