import type { AttemptId, TaskId } from "@aicd/core";
import { endAttempt, findServerPause, type ServerPause, type Task, type TenantTx } from "@aicd/db";
import type { Deps } from "../../deps.ts";
import { move, touch } from "../move.ts";

/** Twice this at most passes between the end of a pause and the start of what waited for it. */
const LOOK_MS = 10_000;
/** Its run has this long to see that the attempt is over, before it is cancelled. */
const GOODBYE_MS = 60_000;

/** When a task looks again whether the pause is over: not all in the same moment. */
export function pauseLook(): number {
  return LOOK_MS * (1 + Math.random());
}

/**
 * Whether a task has to wait for the end of a pause of the server. It stays in the queue, and says so once where
 * people look.
 * @param given.begun an attempt is there already, and goes on
 */
export async function waitsForServer(
  deps: Deps,
  tx: TenantTx,
  { task, begun }: { task: Task; begun: boolean },
): Promise<boolean> {
  const pause = begun ? undefined : await findServerPause(tx);
  if (pause === undefined) return false;
  const progress = wordsOf(pause);
  if (task.progress !== progress) await touch(deps, tx, task.id, { progress });
  return true;
}

function wordsOf({ why }: ServerPause): string {
  const because = why === "" ? "" : `: ${why}`;
  return `AI-CD is paused by its operator${because}. Nothing is lost, and this starts by itself afterwards`;
}

/** Ends an attempt without blame and owes its task another, which goes on from the last checkpoint. */
export async function takeBack(
  deps: Deps,
  tx: TenantTx,
  attempt: { id: AttemptId; taskId: TaskId },
): Promise<void> {
  const { id, taskId } = attempt;
  const detail = "The operator paused the server.";
  const ended = await endAttempt(tx, { id, state: "cancelled", detail });
  if (ended === undefined) return;
  await deps.enqueue(tx, "cancel-run", { ...tx.scope, attemptId: id }, { delayMs: GOODBYE_MS });
  // One that was not at work yet is in the queue still.
  await move(deps, tx, {
    taskId,
    trigger: "attempt.retried",
    set: { progress: null },
    event: { attemptId: id, reason: "server_paused" },
  });
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId });
}
