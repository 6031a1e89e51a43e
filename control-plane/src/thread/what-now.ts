import { nextState, type TaskState, type TaskTrigger } from "@aicd/core";

/** The words that raise each trigger; a trigger without one is nobody's to say. */
const WORDS: Partial<Record<TaskTrigger, string>> = {
  "plan.approved": "`/aicd approve <hash>` takes the plan",
  "plan.revised": "`/aicd revise <text>` asks for another plan",
  "input.given": "`/aicd revise <text>` answers the question",
  "policy.overridden": "an admin's `/aicd approve <hash>` publishes the change as it is",
  "retry.requested": "`/aicd retry` tries again",
  "revision.requested": "a submitted review asks for changes",
  "pull_request.merged": "merge the pull request to take it",
  "task.cancelled": "`/aicd cancel` stops it",
};

/** What is known of a task when it is said what can be done about it. */
export type Standing = {
  state: TaskState;
  hasPullRequest: boolean;
  /** Of the plan or change that waits for a word. */
  hash?: string | undefined;
};

/** What a person can do about a task in this state, as the table of states has it. Undefined: there is no task. */
export function whatNow(task: Standing | undefined): string {
  if (task === undefined) return "`/aicd` starts a task here, `/aicd help` lists the commands.";
  const { state, hasPullRequest } = task;
  const ways = Object.entries(WORDS)
    .filter(([trigger]) => nextState(state, trigger as TaskTrigger, { hasPullRequest }) !== undefined)
    .map(([, words]) => (task.hash === undefined ? words : words.replace("<hash>", task.hash)));
  if (ways.length === 0) return "`/aicd` starts a new task.";
  const [first = "", ...rest] = ways;
  return `${[`${first.slice(0, 1).toUpperCase()}${first.slice(1)}`, ...rest].join("; ")}.`;
}
