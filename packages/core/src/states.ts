/**
 * The task machine. This table is the only truth: the README diagram, the SQL conditions and the
 * exhaustive tests are derived from it.
 */
export const TASK_TRANSITIONS = {
  QUEUED: {
    "planning.started": "PLANNING",
    "coding.started": "CODING",
    "task.cancelled": "CANCELLED",
    "attempt.failed": "FAILED",
  },
  PLANNING: {
    "plan.proposed": "AWAITING_APPROVAL",
    "plan.accepted": "CODING",
    "question.asked": "NEEDS_INPUT",
    "attempt.retried": "QUEUED",
    "attempt.failed": "FAILED",
    "task.cancelled": "CANCELLED",
  },
  AWAITING_APPROVAL: {
    "plan.approved": "QUEUED",
    "plan.revised": "QUEUED",
    "plan.expired": "CANCELLED",
    "task.cancelled": "CANCELLED",
  },
  NEEDS_INPUT: {
    "input.given": "QUEUED",
    "task.cancelled": "CANCELLED",
  },
  CODING: {
    "changes.proposed": "REVIEWING",
    "question.asked": "NEEDS_INPUT",
    "attempt.retried": "QUEUED",
    "attempt.failed": "FAILED",
    "task.cancelled": "CANCELLED",
  },
  REVIEWING: {
    "review.rejected": "CODING",
    "review.approved": "PUBLISHING",
    "policy.blocked": "BLOCKED",
    "attempt.retried": "QUEUED",
    "attempt.failed": "FAILED",
    "task.cancelled": "CANCELLED",
  },
  BLOCKED: {
    "policy.overridden": "PUBLISHING",
    "retry.requested": "QUEUED",
    "task.cancelled": "CANCELLED",
  },
  PUBLISHING: {
    "pull_request.opened": "PR_OPEN",
    "publishing.failed": "FAILED",
    "task.cancelled": "CANCELLED",
  },
  PR_OPEN: {
    "revision.requested": "QUEUED",
    "checks.failed": "QUEUED",
    "pull_request.merged": "MERGED",
    "pull_request.closed": "CLOSED",
  },
  FAILED: {
    "retry.requested": "QUEUED",
    /** Only publishing had failed: the finished change is published, not paid for again. */
    "publishing.resumed": "PUBLISHING",
  },
  MERGED: {},
  CLOSED: {},
  CANCELLED: {},
} as const satisfies Record<string, Record<string, string>>;

export type TaskState = keyof typeof TASK_TRANSITIONS;
type TriggersOf<S extends TaskState> = S extends TaskState ? keyof (typeof TASK_TRANSITIONS)[S] : never;
export type TaskTrigger = TriggersOf<TaskState>;

export const TASK_STATES = Object.keys(TASK_TRANSITIONS) as TaskState[];

/** A person may merge or close the pull request at any moment, whatever a retry is doing. */
const PULL_REQUEST_ENDS = {
  "pull_request.merged": "MERGED",
  "pull_request.closed": "CLOSED",
} as const satisfies Partial<Record<TaskTrigger, TaskState>>;

export const TASK_TRIGGERS = [
  ...new Set(TASK_STATES.flatMap((state) => Object.keys(TASK_TRANSITIONS[state]))),
] as TaskTrigger[];

/** No transition leaves these. FAILED is not among them: a retry may be asked for. */
export function isTerminal(state: TaskState): boolean {
  return Object.keys(TASK_TRANSITIONS[state]).length === 0;
}

/** Something still runs or waits for somebody. */
export function isActive(state: TaskState): boolean {
  return !isTerminal(state) && state !== "FAILED";
}

export function nextState(
  state: TaskState,
  trigger: TaskTrigger,
  task: { hasPullRequest: boolean },
): TaskState | undefined {
  const row: Partial<Record<TaskTrigger, TaskState>> = TASK_TRANSITIONS[state];
  const direct = row[trigger];
  if (direct !== undefined) return direct;
  if (!task.hasPullRequest || isTerminal(state)) return undefined;
  const ends: Partial<Record<TaskTrigger, TaskState>> = PULL_REQUEST_ENDS;
  return ends[trigger];
}

/** The states a trigger may start from: the WHERE of the conditional UPDATE. */
export function sourcesOf(trigger: TaskTrigger, task: { hasPullRequest: boolean }): TaskState[] {
  return TASK_STATES.filter((state) => nextState(state, trigger, task) !== undefined);
}

/** Every trigger leads to one state, wherever it starts; the tests hold the table to it. */
export function targetOf(trigger: TaskTrigger): TaskState {
  for (const state of TASK_STATES) {
    const to = nextState(state, trigger, { hasPullRequest: true });
    if (to !== undefined) return to;
  }
  throw new Error(`no transition has the trigger ${trigger}`);
}

/** Mermaid source of the machine, as the README shows it. */
export function stateDiagram(): string {
  const lines = ["stateDiagram-v2", "  [*] --> QUEUED"];
  for (const state of TASK_STATES) {
    for (const [trigger, to] of Object.entries(TASK_TRANSITIONS[state])) {
      lines.push(`  ${state} --> ${to}: ${trigger}`);
    }
    if (isTerminal(state)) lines.push(`  ${state} --> [*]`);
  }
  return lines.join("\n");
}
