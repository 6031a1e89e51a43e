import type { TaskId } from "@aicd/core";
import { endAttempt, findLiveAttempt, requestStop, type TenantTx } from "@aicd/db";

/** Ends a task's live attempt: at once when no runner holds it, else through its next heartbeat. */
export async function stopAttempt(tx: TenantTx, taskId: TaskId, reason: string): Promise<void> {
  const attempt = await findLiveAttempt(tx, taskId);
  if (attempt === undefined) return;
  if (attempt.state === "leased") await requestStop(tx, attempt.id, reason);
  else await endAttempt(tx, { id: attempt.id, state: "cancelled", detail: reason });
}
