import { LIMITS } from "@aicd/core";
import { countBoot, type FleetServer, noteFleetServer, refuseFleetJob } from "@aicd/db";
import { failureOf, type Server } from "@aicd/hetzner";
import type { FleetDeps } from "./fleet.ts";
import { runnerName, serverLabels, serverName } from "./names.ts";
import { claim, dismiss, findUnanswered, move } from "./remove.ts";

const BOOTED = { from: ["creating", "rebuilding"], to: "booting" } as const;

/** Makes a runner, and a server for it: a new one, or a new disk for the one that is paid for. */
export async function bootServer(deps: FleetDeps, server: FleetServer): Promise<void> {
  const { account, job } = server;
  if (account === undefined || job === undefined)
    return dismiss(deps, server, { to: "deleting", reason: "the App is no longer installed" });
  if (!(await claim(deps, server))) return;
  try {
    if (await isThere(deps, server)) return;
    const config = await makeRunner(deps, { ...server, account, job });
    if (config === undefined) return;
    await start(deps, server, config);
  } catch (error) {
    await afterFailure(deps, server, error);
  }
}

/** A call before this one may have made the server, with a runner in it, although nobody heard of it. */
async function isThere(deps: FleetDeps, server: FleetServer): Promise<boolean> {
  if (server.state !== "creating" || server.boots === 0) return false;
  const found = server.cloudId ?? (await findUnanswered(deps, server));
  return found !== undefined && move(deps, server, BOOTED);
}

type WithJob = FleetServer & {
  account: NonNullable<FleetServer["account"]>;
  job: NonNullable<FleetServer["job"]>;
};

/** Undefined: there will be none, or the one before is at work. */
async function makeRunner(deps: FleetDeps, server: WithJob): Promise<string | undefined> {
  const { runners } = deps.fleet;
  const { account, job, runnerId, id } = server;
  // A rebuild nobody heard of may have been done, and its runner be at work.
  if (runnerId !== undefined && (await runners.remove(account, runnerId)) === "busy") return undefined;
  const { installationId, login } = account;
  if (await runners.isFork({ installationId, owner: login, name: job.repository }, job.runId))
    return refuse(deps, server, "Code of a fork does not run on the organisation's servers.");
  const boot = await deps.db.withTenant(server, (tx) => countBoot(tx, id));
  const made = await runners.make(account, { name: runnerName(id, boot ?? 0), label: server.size });
  if (typeof made === "string") return refuse(deps, server, made);
  await deps.db.withTenant(server, (tx) => noteFleetServer(tx, id, { runnerId: made.id }));
  return made.config;
}

async function refuse(deps: FleetDeps, server: WithJob, detail: string): Promise<undefined> {
  const { githubId } = server.job;
  await deps.db.withTenant(server, (tx) => refuseFleetJob(tx, { githubId, detail }));
  // Never asked for, or paid for by another job: the next look sees that it has none.
  await move(deps, server, { from: [server.state], to: server.state });
  return undefined;
}

async function start(deps: FleetDeps, server: FleetServer, config: string): Promise<void> {
  const { cloud, name, userData } = deps.fleet;
  if (server.cloudId !== undefined) {
    await cloud.rebuild(server.cloudId, userData(config));
    await move(deps, server, BOOTED);
    return;
  }
  const { serverType, location, microEurPerHour } = server;
  const made = await cloud.create({
    name: serverName(server.id),
    labels: serverLabels(name, server),
    userData: userData(config),
    offer: { serverType, location, microEurPerHour },
  });
  await noteCloud(deps, server, made);
  await move(deps, server, BOOTED);
}

/** What the cloud says of a server of ours is so, from its first paid hour on. */
export async function noteCloud(
  { db }: Pick<FleetDeps, "db">,
  server: Pick<FleetServer, "tenantId" | "id">,
  { id, created }: Pick<Server, "id" | "created">,
): Promise<void> {
  const cloud = { id, boughtFrom: new Date(created) };
  await db.withTenant(server, (tx) => noteFleetServer(tx, server.id, { cloud }));
}

/** Decides by the kind of failure; what is unclear is asked for again under the same name. */
async function afterFailure(deps: FleetDeps, server: FleetServer, error: unknown): Promise<void> {
  const again = (waitMs: number) => move(deps, server, { from: [server.state], to: server.state, waitMs });
  switch (failureOf(error)) {
    case "capacity": {
      const [offer] = await deps.fleet.cloud.offers(server.size);
      if (offer === undefined) return giveUp(deps, server, "The cloud has no server of that size to give.");
      await deps.db.withTenant(server, (tx) => noteFleetServer(tx, server.id, { offer }));
      await again(0);
      return;
    }
    case "quota":
      return giveUp(deps, server, "The cloud gives this account no more servers.");
    case "missing":
      return giveUp(deps, server, "its server was gone when it was to be rebuilt");
    case "busy":
    case "rate":
    case "unclear":
      await again(LIMITS.fleetRetryMs / 6);
      return;
    default:
      await again(LIMITS.fleetRetryMs);
      throw error;
  }
}

async function giveUp(deps: FleetDeps, server: FleetServer, reason: string): Promise<void> {
  await move(deps, server, { from: [server.state], to: server.state });
  await dismiss(deps, server, { to: "deleting", reason, retryMs: LIMITS.fleetRetryMs });
}
