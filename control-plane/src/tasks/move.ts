import { isTerminal, type TaskId, type TaskState, type TaskTrigger } from "@aicd/core";
import { deleteTranscript, moveTask, type Task, type TaskChange, type TenantTx, touchTask } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { canWait } from "../thread/on-its-way.ts";
import { tellTask } from "../webhooks/tell-task.ts";
import { tellEnding } from "./tell.ts";

/** Time in which several changes become one edit of the sticky comment. */
const THREAD_DEBOUNCE_MS = 600;
/**
 * The same for what is only on its way: nobody has to act on it, each edit costs one of the few writes an hour
 * that GitHub allows, and the next state often comes before.
 */
const PROGRESS_DEBOUNCE_MS = 15_000;

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
  input: {
    taskId: TaskId;
    trigger: TaskTrigger;
    set?: TaskChange;
    event?: Record<string, unknown>;
    /** A person ended it with a word of their own on the thread or through the API: nobody has to be told. */
    endedBy?: "person";
  },
): Promise<Task | undefined> {
  const { endedBy, ...change } = input;
  const task = await moveTask(tx, deps.mint, change);
  if (task === undefined) return undefined;
  const { id: taskId, state, issueNumber, spentMicroUsd, pullRequestNumber } = task;
  const facts = { taskId, issueNumber, state, trigger: input.trigger, spentMicroUsd, pullRequestNumber };
  tx.afterCommit(() => deps.log.info(facts, "task moved"));
  if (isTerminal(state)) await deleteTranscript(tx, taskId);
  await tellTask(deps, tx, task, input.trigger);
  await oweThread(deps, tx, task);
  await oweCheck(deps, tx, task);
  if (endedBy === undefined) await tellEnding(deps, tx, task);
  const content = lastAnswer(task);
  if (content !== undefined) {
    await deps.enqueue(tx, "settle-request", { ...tx.scope, taskId: task.id, content });
  }
  return task;
}

/**
 * What settles a request; undefined: nothing does yet. A label has its answer in the sticky comment, and is taken
 * off when the task is over without a merge, so that putting it on again asks for another.
 */
function lastAnswer({ state, source, reviewId }: Task): "rocket" | "confused" | undefined {
  if (source.kind === "issue" && state === "CLOSED") return "confused";
  if (reviewId !== null || (source.kind === "issue" && state === "PR_OPEN")) return undefined;
  return SETTLED[state];
}

/** Changes what the thread shows, without a move. */
export async function touch(deps: Deps, tx: TenantTx, taskId: TaskId, set: TaskChange): Promise<void> {
  const task = await touchTask(tx, taskId, set);
  if (task !== undefined) await oweThread(deps, tx, task);
}

/** Its handler writes only what is news to the check run, so moves that follow each other closely cost one write. */
export async function oweCheck(deps: Deps, tx: TenantTx, task: Task): Promise<void> {
  if (task.pullRequestNumber === null || task.headSha === null) return;
  const delayMs = canWait(task) ? PROGRESS_DEBOUNCE_MS : THREAD_DEBOUNCE_MS;
  await deps.enqueue(tx, "update-check", { ...tx.scope, taskId: task.id }, { delayMs });
}

/**
 * Only the first change after a rendering owes an update, for its handler renders what is newest; one that
 * people wait for does not wait for that.
 */
export async function oweThread(deps: Deps, tx: TenantTx, task: Task): Promise<void> {
  const patient = canWait(task);
  if (patient && task.threadVersion !== task.threadRendered + 1) return;
  const delayMs = patient ? PROGRESS_DEBOUNCE_MS : THREAD_DEBOUNCE_MS;
  await deps.enqueue(tx, "update-thread", { ...tx.scope, taskId: task.id }, { delayMs });
}
