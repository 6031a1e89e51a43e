import type { TaskId, TaskState, TaskTrigger } from "@aicd/core";
import { moveTask, type Task, type TaskChange, type TenantTx, touchTask } from "@aicd/db";
import type { Deps } from "../deps.ts";

/** Time in which several changes become one edit of the sticky comment. */
const THREAD_DEBOUNCE_MS = 600;

/** States in which the person who asked gets the last reaction. */
const SETTLED: Partial<Record<TaskState, "rocket" | "confused">> = {
  PR_OPEN: "rocket",
  FAILED: "confused",
  BLOCKED: "confused",
  CANCELLED: "confused",
};

/**
 * Moves a task and owes the thread its update, in one transaction.
 * @returns the moved task, or undefined: somebody else won
 */
export async function move(
  deps: Deps,
  tx: TenantTx,
  input: { taskId: TaskId; trigger: TaskTrigger; set?: TaskChange; event?: Record<string, unknown> },
): Promise<Task | undefined> {
  const task = await moveTask(tx, deps.mint, input);
  if (task === undefined) return undefined;
  const { id: taskId, state, issueNumber, spentMicroUsd, pullRequestNumber } = task;
  const facts = { taskId, issueNumber, state, trigger: input.trigger, spentMicroUsd, pullRequestNumber };
  tx.afterCommit(() => deps.log.info(facts, "task moved"));
  await oweThread(deps, tx, task);
  const content = SETTLED[task.state];
  if (content !== undefined && task.reviewId === null) {
    await deps.enqueue(tx, "settle-request", { ...tx.scope, taskId: task.id, content });
  }
  return task;
}

/** Changes what the thread shows, without a move. */
export async function touch(deps: Deps, tx: TenantTx, taskId: TaskId, set: TaskChange): Promise<void> {
  const task = await touchTask(tx, taskId, set);
  if (task !== undefined) await oweThread(deps, tx, task);
}

/** Only the first change after a rendering owes an update: its handler renders until nothing is new. */
export async function oweThread(deps: Deps, tx: TenantTx, task: Task): Promise<void> {
  if (task.threadVersion !== task.threadRendered + 1) return;
  await deps.enqueue(tx, "update-thread", { ...tx.scope, taskId: task.id }, { delayMs: THREAD_DEBOUNCE_MS });
}
