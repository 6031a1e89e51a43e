import { LIMITS } from "@aicd/core";
import type { HeartbeatAnswer } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { fence } from "./fence.ts";

/** `POST /v1/runner/heartbeat`: the lease lives on; a wish to stop travels back. */
export async function heartbeat(
  deps: Deps,
  runner: Runner,
  body: { epoch: number },
): Promise<HeartbeatAnswer> {
  const attempt = await deps.db.withTenant(runner.scope, (tx) => fence(deps, tx, runner, body.epoch));
  return {
    leaseMs: LIMITS.leaseMs,
    cancel: attempt.cancelReason === null ? null : { reason: attempt.cancelReason },
  };
}
