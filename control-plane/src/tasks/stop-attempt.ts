import type { TaskId } from "@aicd/core";
import { endAttempt, findLiveAttempt, requestStop, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";

/** A runner that was told to stop has this long to end by itself and say so, before its run is ended. */
const GOODBYE_MS = 60_000;

/** Ends a task's live attempt: at once when no runner holds it, else through its next heartbeat. */
export async function stopAttempt(deps: Deps, tx: TenantTx, taskId: TaskId, reason: string): Promise<void> {
  const attempt = await findLiveAttempt(tx, taskId);
  if (attempt === undefined) return;
  const leased = attempt.state === "leased";
  if (leased) await requestStop(tx, attempt.id, reason);
  else await endAttempt(tx, { id: attempt.id, state: "cancelled", detail: reason });
  if (attempt.state === "pending") return;
  const delayMs = leased ? GOODBYE_MS : 0;
  await deps.enqueue(tx, "cancel-run", { ...tx.scope, attemptId: attempt.id }, { delayMs });
}
