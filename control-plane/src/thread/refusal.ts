import { type Standing, whatNow } from "./what-now.ts";

/** The line behind every 😕: why it is not done, where the task stands, and what can be done now. */
export function renderRefusal(input: {
  /** Why; already safe to show. */
  sentence: string;
  task: Standing | undefined;
}): string {
  const { sentence, task } = input;
  const where = task === undefined ? "There is no task on this issue." : `The task is **${task.state}**.`;
  return `${sentence} ${where} ${whatNow(task)}`;
}
