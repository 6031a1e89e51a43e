import { AicdError } from "@aicd/core";
import { type Attempt, renewLease, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import type { Runner } from "../identity/authenticate-runner.ts";

/**
 * Every write of a runner begins here: renews the lease under its epoch and holds the attempt's row
 * for the rest of the transaction, so that the sweep and a rival runner wait or lose.
 * @throws AicdError conflict when the lease is over or another epoch has the attempt
 */
export async function fence(deps: Deps, tx: TenantTx, runner: Runner, epoch: number): Promise<Attempt> {
  const attempt = await renewLease(tx, { id: runner.attemptId, epoch });
  if (attempt !== undefined) return attempt;
  deps.log.warn({ ...runner.scope, attemptId: runner.attemptId, epoch }, "stale epoch refused");
  throw new AicdError("conflict", "The lease is over or another runner has it. Stop; nothing was written.");
}

/** The task is no longer where this call could move it: it was cancelled, merged or taken back. */
export function outrun(): AicdError {
  return new AicdError("conflict", "The task is no longer at this point. Stop; nothing was written.");
}
