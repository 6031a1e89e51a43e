import { type Id, parseId, type TaskId } from "./id.ts";
import { nextState, type TaskState, type TaskTrigger } from "./states.ts";

/** Name of our check run. It never changes, so that a repository may make rules of it. */
export const CHECK_NAME = "AI-CD";

/** Most that GitHub takes of a check run's buttons, in number and in characters: "Create a check run", `actions`. */
export const CHECK_BUTTONS = { count: 3, label: 20, description: 40, identifier: 20 } as const;

export type CheckButton = { label: string; description: string; identifier: string };

/** What a button asks for; an approval names what it approves, as the command does. */
export type ButtonWish = { verb: "approve"; hash: string } | { verb: "retry" } | { verb: "cancel" };

const APPROVALS: readonly TaskTrigger[] = ["plan.approved", "policy.overridden"];

/**
 * What may be asked of a task from its check run, as the table of states has it.
 * @param task.hash of the plan or change that waits for a word, 12 hexadecimal characters
 */
export function buttonsOf(task: {
  state: TaskState;
  hasPullRequest: boolean;
  hash?: string | undefined;
}): CheckButton[] {
  const takes = (trigger: TaskTrigger) => nextState(task.state, trigger, task) !== undefined;
  const buttons: CheckButton[] = [];
  if (task.hash !== undefined && APPROVALS.some(takes)) {
    buttons.push({
      label: "Approve",
      description: task.state === "BLOCKED" ? "Publish the change as it is (admins)" : "Carry out the plan",
      identifier: `approve:${task.hash}`,
    });
  }
  if (takes("retry.requested"))
    buttons.push({ label: "Retry", description: "Try again where it stopped", identifier: "retry" });
  if (takes("task.cancelled"))
    buttons.push({
      label: "Cancel",
      description: "Stop, and leave things as they are",
      identifier: "cancel",
    });
  return buttons;
}

/** Undefined: no button of ours has this identifier. */
export function readButton(identifier: string): ButtonWish | undefined {
  if (identifier === "retry" || identifier === "cancel") return { verb: identifier };
  const hash = /^approve:([0-9a-f]{12})$/.exec(identifier)?.[1];
  return hash === undefined ? undefined : { verb: "approve", hash };
}

/** By this a check run is found again as ours, and a click on it finds the pull request. */
export function checkKey(of: { taskId: TaskId; pullRequestNumber: number }): string {
  return `${of.taskId}#${of.pullRequestNumber}`;
}

/** Undefined: it is not the check run of a task. */
export function readCheckKey(key: string): { taskId: Id<"task">; pullRequestNumber: number } | undefined {
  const [id = "", number = "", ...rest] = key.split("#");
  const taskId = parseId("task", id);
  if (taskId === undefined || rest.length > 0 || !/^[1-9]\d{0,9}$/.test(number)) return undefined;
  return { taskId, pullRequestNumber: Number(number) };
}
