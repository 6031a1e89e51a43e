import { LIMITS } from "@aicd/core";
import { bookFleetHours, type FleetServer, listFleetServers } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { bootServer } from "./boot.ts";
import { nextStep, restOfHour, type Step } from "./decide.ts";
import { placeJobs } from "./place.ts";
import type { Fleet } from "./ports.ts";
import { dismiss, removeServer } from "./remove.ts";

export type FleetDeps = Pick<Deps, "db" | "log" | "mint" | "now"> & { fleet: Fleet };

/**
 * One look at every job and every server of the fleet. Safe to run in any number of processes, and to be killed
 * anywhere: what is begun stands in the rows before it is begun, and each step is a conditional update.
 */
export async function runFleet(deps: FleetDeps): Promise<void> {
  const { db, log, fleet } = deps;
  await bookFleetHours(db.system, new Date(deps.now()));
  await placeJobs(deps);
  const servers = await listFleetServers(db.system);
  await Promise.all(
    servers.map(async (server) => {
      try {
        await take(deps, server, nextStep(server, deps.now(), fleet.maxLifeMs));
      } catch (err) {
        log.warn({ err, tenantId: server.tenantId, serverId: server.id }, "a server could not be seen to");
      }
    }),
  );
}

async function take(deps: FleetDeps, server: FleetServer, step: Step): Promise<void> {
  const { log } = deps;
  switch (step.kind) {
    case "wait":
      return;
    case "boot":
      return bootServer(deps, server);
    case "rest":
      return rest(deps, server);
    case "quarantine":
      log.warn(
        { tenantId: server.tenantId, serverId: server.id, reason: step.reason },
        "a server is put aside",
      );
      return dismiss(deps, server, { to: "quarantined", reason: step.reason });
    case "remove":
      return dismiss(deps, server, { to: "deleting", reason: step.reason });
    case "delete":
      return removeServer(deps, server);
  }
}

/** Its disk is another's now, so nothing runs there again before it is rebuilt; with its hour nearly over it goes. */
async function rest(deps: FleetDeps, server: FleetServer): Promise<void> {
  const stays = server.cloudId !== undefined && restOfHour(server, deps.now()) > LIMITS.fleetMarginMs;
  await dismiss(deps, server, { to: stays ? "idle" : "deleting", reason: "its paid hour is over" });
}
