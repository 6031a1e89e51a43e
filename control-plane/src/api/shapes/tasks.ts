import {
  ATTEMPT_STATES,
  FAILURE_REASONS,
  nextState,
  PHASES,
  Plan,
  TASK_STATES,
  type TaskTrigger,
} from "@aicd/core";
import type { EventRow, PlanRow, TaskDetail, TaskListRow } from "@aicd/db";
import { z } from "zod";
import { REASONS } from "../../thread/reasons.ts";
import { idOf, MicroUsd, Person, Time, timeOf } from "./common.ts";

export const TaskState = z.enum(TASK_STATES).meta({ id: "TaskState" });
export const Reason = z.enum(FAILURE_REASONS).meta({ id: "FailureReason" });
const Phase = z.enum(PHASES);

const RepositoryName = z
  .object({ id: idOf("repository"), owner: z.string(), name: z.string() })
  .meta({ id: "RepositoryName" });

const task = {
  id: idOf("task"),
  repository: RepositoryName,
  issueNumber: z.int(),
  issueTitle: z.string().describe("Empty until the issue was read for the first time."),
  issueUrl: z.string(),
  state: TaskState,
  stateAt: Time.describe("Since when it is in that state."),
  phase: Phase,
  mode: z.enum(["wait", "auto"]).describe("`auto` does not wait for an approval when policy allows."),
  requestedBy: Person,
  budgetMicroUsd: MicroUsd,
  spentMicroUsd: MicroUsd,
  pullRequest: z.object({ number: z.int(), url: z.string() }).nullable(),
  reason: Reason.nullable().describe("Why it FAILED."),
  createdAt: Time,
};
export const TaskSummary = z.object(task).meta({ id: "TaskSummary" });

export const TaskChanges = z
  .object({
    id: idOf("event"),
    missed: z
      .boolean()
      .describe(
        "Something may have changed unseen: read the list. True in the first message of a connection.",
      ),
    tasks: z.array(TaskSummary).describe("Tasks that are new or not as they were, as they are now."),
  })
  .meta({ id: "TaskChanges" });

const Count = z.int().nonnegative();

const AttemptView = z
  .object({
    id: idOf("attempt"),
    number: z.int(),
    phase: Phase,
    state: z.enum(ATTEMPT_STATES),
    reason: Reason.nullable(),
    detail: z.string().nullable(),
    runUrl: z.string().nullable().describe("The workflow run on GitHub, once known."),
    spentMicroUsd: MicroUsd,
    tokens: z
      .object({ input: Count, output: Count, cacheRead: Count, cacheWrite: Count })
      .describe("Of its model calls; `input` is without the cached ones."),
    receipts: z
      .array(
        z.object({
          commentId: z.int().describe("Of the comment on a line that begins the thread."),
          kind: z.enum(["changed", "declined", "question"]),
          text: z.string(),
        }),
      )
      .describe("What it answered to each thread of the reviews it worked on."),
    createdAt: Time,
    endedAt: Time.nullable(),
  })
  .meta({ id: "Attempt" });

export const TaskView = z
  .object({
    ...task,
    detail: z.string().nullable().describe("What happened, in a sentence, where there is more to say."),
    explanation: z
      .object({ happened: z.string(), next: z.string() })
      .nullable()
      .describe("The reason in words, and what helps."),
    progress: z.string().nullable(),
    baseBranch: z.string().nullable(),
    branch: z.string().nullable(),
    headSha: z.string().nullable(),
    plan: z
      .object({ hash: z.string(), state: z.enum(["proposed", "approved", "void"]) })
      .nullable()
      .describe("The plan on the table; approving needs its hash."),
    actions: z
      .array(z.enum(["approve", "revise", "cancel", "retry"]))
      .describe("What may be asked of it in this state; the caller's permissions decide too."),
    approvableHash: z
      .string()
      .nullable()
      .describe("What `approve` takes now: the plan's hash, or that of a change the policy blocked."),
    hasWork: z
      .boolean()
      .describe("Something was written and is kept: `/patch` has it, whatever became of the task."),
    attempts: z.array(AttemptView).describe("Newest first."),
  })
  .meta({ id: "Task" });

export const PlanView = z
  .object({
    hash: z.string(),
    state: z.enum(["proposed", "approved", "void"]),
    plan: Plan,
    baseSha: z.string(),
    budgetMicroUsd: MicroUsd,
    approvedBy: Person.nullable(),
    createdAt: Time,
  })
  .meta({ id: "Plan" });

export const EventView = z
  .object({
    id: idOf("event"),
    type: z.string().describe("`noun.verbed`, such as `plan.proposed`."),
    at: Time,
    body: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Event" });

export function summaryOf(row: TaskListRow, serverUrl: string): z.infer<typeof TaskSummary> {
  const { owner, name } = row;
  return {
    id: row.id,
    repository: { id: row.repositoryId, owner, name },
    issueNumber: row.issueNumber,
    issueTitle: row.issueTitle,
    issueUrl: `${serverUrl}/${owner}/${name}/issues/${row.issueNumber}`,
    state: row.state,
    stateAt: timeOf(row.stateAt),
    phase: row.phase,
    mode: row.mode,
    requestedBy: { login: row.requestedBy.login, id: row.requestedBy.id },
    budgetMicroUsd: row.budgetMicroUsd,
    spentMicroUsd: row.spentMicroUsd,
    pullRequest:
      row.pullRequestNumber === null
        ? null
        : {
            number: row.pullRequestNumber,
            url: row.pullRequestUrl ?? `${serverUrl}/${owner}/${name}/pull/${row.pullRequestNumber}`,
          },
    reason: row.reason,
    createdAt: timeOf(row.createdAt),
  };
}

export function taskOf({ row, attempts }: TaskDetail, serverUrl: string): z.infer<typeof TaskView> {
  const { planHash: hash, planState } = row;
  return {
    ...summaryOf(row, serverUrl),
    detail: row.detail,
    explanation: row.reason === null ? null : REASONS[row.reason],
    progress: row.progress,
    baseBranch: row.baseBranch,
    branch: row.branch,
    headSha: row.headSha,
    plan: hash === null || planState === null ? null : { hash, state: planState },
    actions: actionsOn(row),
    approvableHash: approvableHash(row),
    hasWork: row.hasWork,
    attempts: attempts.map(({ runId, receipts, createdAt, endedAt, ...attempt }) => ({
      ...attempt,
      receipts: receipts ?? [],
      runUrl: runId === null ? null : `${serverUrl}/${row.owner}/${row.name}/actions/runs/${runId}`,
      createdAt: timeOf(createdAt),
      endedAt: timeOf(endedAt),
    })),
  };
}

const ACTIONS = {
  approve: ["plan.approved", "policy.overridden"],
  revise: ["plan.revised", "input.given"],
  cancel: ["task.cancelled"],
  retry: ["retry.requested"],
} as const satisfies Record<string, readonly TaskTrigger[]>;

/** Read from the state table, like the use cases' own conditions. */
function actionsOn({ state, pullRequestNumber }: TaskDetail["row"]): (keyof typeof ACTIONS)[] {
  const task = { hasPullRequest: pullRequestNumber !== null };
  const names = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];
  return names.filter((name) =>
    ACTIONS[name].some((trigger) => nextState(state, trigger, task) !== undefined),
  );
}

const HASH_CHARACTERS = 12;

function approvableHash({ state, planHash, planState, changeDigest }: TaskDetail["row"]): string | null {
  if (state === "BLOCKED") return changeDigest?.slice(0, HASH_CHARACTERS) ?? null;
  return state === "AWAITING_APPROVAL" && planState === "proposed" ? planHash : null;
}

export function planOf(plan: PlanRow): z.infer<typeof PlanView> {
  const { hash, state, baseSha, budgetMicroUsd, approvedBy } = plan;
  return {
    hash,
    state,
    plan: plan.body,
    baseSha,
    budgetMicroUsd,
    approvedBy: approvedBy === null ? null : { login: approvedBy.login, id: approvedBy.id },
    createdAt: timeOf(plan.createdAt),
  };
}

export function eventOf({ id, type, at, body }: EventRow): z.infer<typeof EventView> {
  return { id, type, at: timeOf(at), body };
}
