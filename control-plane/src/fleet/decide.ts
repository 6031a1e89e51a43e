import { LIMITS } from "@aicd/core";
import type { FleetServer } from "@aicd/db";

const HOUR_MS = 3_600_000;
/** A cloud that is slow is given more time than a boot. */
const CREATE_TIMES = 3;

/** What is to be done with a server now. */
export type Step =
  | { kind: "wait" }
  /** A new server, or a new disk for one, with a runner on it. */
  | { kind: "boot" }
  /** Its job is over: it is paid for, and waits for another of the same tenant. */
  | { kind: "rest" }
  /** Nobody knows what became of it: it takes no other job. */
  | { kind: "quarantine"; reason: string }
  | { kind: "remove"; reason: string }
  /** Say again that it is to be deleted, or find that it is gone. */
  | { kind: "delete" };

const WAIT: Step = { kind: "wait" };

/** Pure; `now` in milliseconds. */
export function nextStep(server: FleetServer, now: number, maxLifeMs: number): Step {
  if (server.state === "deleting") {
    const asked = server.askedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
    return now - asked >= LIMITS.fleetDeleteMs ? { kind: "delete" } : WAIT;
  }
  const born = server.boughtFrom ?? server.createdAt;
  if (now - born.getTime() >= maxLifeMs) return { kind: "remove", reason: "it has lived as long as it may" };
  const since = now - server.stateAt.getTime();
  switch (server.state) {
    case "creating":
      if (server.job === undefined) return { kind: "remove", reason: "its job needs it no more" };
      if (since >= CREATE_TIMES * LIMITS.fleetBootMs)
        return { kind: "remove", reason: "the cloud did not make it" };
      return { kind: "boot" };
    case "rebuilding":
      return server.job === undefined ? { kind: "rest" } : { kind: "boot" };
    case "booting":
      if (server.job === undefined) return { kind: "rest" };
      if (since < LIMITS.fleetBootMs) return WAIT;
      return { kind: "quarantine", reason: "no runner came up on it" };
    case "busy":
      return server.job === undefined ? { kind: "rest" } : WAIT;
    case "idle":
    case "quarantined":
      return restOfHour(server, now) > LIMITS.fleetMarginMs
        ? WAIT
        : { kind: "remove", reason: server.reason ?? "its paid hour is over" };
    default:
      return WAIT;
  }
}

/** Milliseconds of the hour that is paid for. */
export function restOfHour({ boughtFrom }: Pick<FleetServer, "boughtFrom">, now: number): number {
  if (boughtFrom === undefined) return 0;
  const lived = Math.max(1, now - boughtFrom.getTime());
  return Math.ceil(lived / HOUR_MS) * HOUR_MS - lived;
}
