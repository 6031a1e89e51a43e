import { LIMITS } from "@aicd/core";
import {
  bookFleetHours,
  claimFleetServer,
  type FleetServer,
  type FleetServerState,
  moveFleetServer,
  noteFleetServer,
  releaseFleetJob,
} from "@aicd/db";
import { failureOf } from "@aicd/hetzner";
import type { FleetDeps } from "./fleet.ts";
import { serverLabels } from "./names.ts";

/** True: this process may do with the server what takes time, and nobody else does meanwhile. */
export async function claim(
  { db, now }: Pick<FleetDeps, "db" | "now">,
  server: FleetServer,
): Promise<boolean> {
  const { id, state } = server;
  const at = new Date(now());
  const until = new Date(now() + LIMITS.fleetClaimMs);
  return db.withTenant(server, (tx) => claimFleetServer(tx, { id, state, at, until }));
}

export async function move(
  { db, now }: Pick<FleetDeps, "db" | "now">,
  server: Pick<FleetServer, "tenantId" | "id">,
  change: {
    from: readonly FleetServerState[];
    to: FleetServerState;
    reason?: string;
    askedAt?: Date;
    waitMs?: number;
  },
): Promise<boolean> {
  const { waitMs, ...rest } = change;
  const until = waitMs === undefined ? {} : { until: new Date(now() + waitMs) };
  const at = new Date(now());
  return db.withTenant(server, (tx) => moveFleetServer(tx, { id: server.id, at, ...rest, ...until }));
}

/**
 * Takes a server out of service: to rest, to quarantine, or for good. First GitHub forgets its runner, so that no job
 * can come to it any more; one that is at work keeps its server, but for the end of its life.
 */
export async function dismiss(
  deps: FleetDeps,
  server: FleetServer,
  change: { to: "idle" | "quarantined" | "deleting"; reason: string; retryMs?: number },
): Promise<void> {
  if (!(await claim(deps, server))) return;
  const { account, runnerId } = server;
  if (account !== undefined && runnerId !== undefined) {
    const found = await deps.fleet.runners.remove(account, runnerId);
    // What it runs was not told to us yet; the claim lapses by itself, and then it is known.
    if (found === "busy" && change.to !== "deleting") return;
  }
  const { to, reason, retryMs = 0 } = change;
  if (!(await move(deps, server, { from: [server.state], to, ...(to === "idle" ? {} : { reason }) }))) return;
  const until = new Date(deps.now() + retryMs);
  await deps.db.withTenant(server, (tx) => releaseFleetJob(tx, server.id, { detail: reason, until }));
}

/** Asks the cloud to delete a server, and knows it for gone when it is asked again and there is none. */
export async function removeServer(deps: FleetDeps, server: FleetServer): Promise<void> {
  if (!(await claim(deps, server))) return;
  const cloudId = server.cloudId ?? (await findUnanswered(deps, server));
  if (cloudId === undefined) return void (await move(deps, server, { from: ["deleting"], to: "gone" }));
  const askedAt = new Date(deps.now());
  let answer: "asked" | "gone";
  try {
    answer = await deps.fleet.cloud.remove(cloudId);
  } catch (error) {
    // It may be done: then it has cost until now.
    const unclear = failureOf(error) === "unclear";
    await move(deps, server, { from: ["deleting"], to: "deleting", ...(unclear ? { askedAt } : {}) });
    throw error;
  }
  if (answer === "asked") {
    await move(deps, server, { from: ["deleting"], to: "deleting", askedAt });
    return;
  }
  await bookFleetHours(deps.db.system, askedAt);
  await move(deps, server, { from: ["deleting"], to: "gone" });
}

/** A server that the cloud has and did not tell us of; its id there. */
export async function findUnanswered(deps: FleetDeps, server: FleetServer): Promise<number | undefined> {
  const [found] = await deps.fleet.cloud.list(serverLabels(deps.fleet.name, server));
  if (found === undefined) return undefined;
  const cloud = { id: found.id, boughtFrom: new Date(found.created) };
  await deps.db.withTenant(server, (tx) => noteFleetServer(tx, server.id, { cloud }));
  return found.id;
}
