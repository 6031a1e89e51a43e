import { decideRetry, type FailureReason, mayPass } from "@aicd/core";
import { type Attempt, endAttempt, findTask, listAttempts, type Task, type TenantTx } from "@aicd/db";
import { excuse } from "../billing/excuse.ts";
import type { Deps } from "../deps.ts";
import { move } from "./move.ts";

/**
 * Ends an attempt that did not succeed and decides what becomes of its task: another attempt, or a
 * stated failure. Nothing happens when somebody else ended it first.
 */
export async function failAttempt(
  deps: Deps,
  tx: TenantTx,
  input: {
    attempt: Pick<Attempt, "id" | "taskId" | "phase">;
    state: "failed" | "lost";
    reason: FailureReason;
    detail: string;
    onlyIfOverdue?: boolean;
  },
): Promise<Task | undefined> {
  const { attempt, state, reason, detail } = input;
  const ended = await endAttempt(tx, {
    id: attempt.id,
    state,
    reason,
    detail,
    ...(input.onlyIfOverdue === undefined ? {} : { onlyIfOverdue: input.onlyIfOverdue }),
  });
  if (ended === undefined) return undefined;
  await excuse(deps, tx, ended, reason);
  // Its successor must not share the repository with a runner that only lost its way to us.
  if (state === "lost" && ended.runId !== null) {
    await deps.enqueue(tx, "cancel-run", { ...tx.scope, attemptId: ended.id });
  }
  const task = await findTask(tx, attempt.taskId);
  // What was lost before a person last spoke does not count against what they asked for.
  const before = (await listAttempts(tx, attempt.taskId)).filter(
    (other) =>
      other.id !== attempt.id &&
      other.number > (task?.retriesFrom ?? 0) &&
      other.reason !== null &&
      mayPass(other.reason),
  );
  const decision = decideRetry({ reason, lostBefore: before.length });
  if (decision.kind === "give-up") {
    return move(deps, tx, {
      taskId: attempt.taskId,
      trigger: "attempt.failed",
      set: { reason, detail, progress: null },
      event: { attemptId: attempt.id, reason, detail },
    });
  }
  // A task still QUEUED stays there; one that was at work goes back to the queue.
  await move(deps, tx, {
    taskId: attempt.taskId,
    trigger: "attempt.retried",
    set: { progress: null },
    event: { attemptId: attempt.id, reason },
  });
  await deps.enqueue(
    tx,
    "start-attempt",
    { ...tx.scope, taskId: attempt.taskId },
    { delayMs: decision.delayMs },
  );
  return undefined;
}
