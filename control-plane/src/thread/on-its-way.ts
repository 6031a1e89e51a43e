import type { TaskState } from "@aicd/core";

/** States that nobody waits to see. The comment of a plan or a question says by itself that somebody is asked. */
const ON_ITS_WAY: ReadonlySet<TaskState> = new Set([
  "QUEUED",
  "PLANNING",
  "AWAITING_APPROVAL",
  "NEEDS_INPUT",
  "CODING",
  "REVIEWING",
  "PUBLISHING",
]);

/** The sticky comment is there, and what is new in it can wait for more, and for what others write. */
export function canWait(task: { state: TaskState; statusCommentId: number | null }): boolean {
  return task.statusCommentId !== null && ON_ITS_WAY.has(task.state);
}
