import {
  demandedSandbox,
  type FailureReason,
  planHash,
  RepositoryLimits,
  type Settings,
  snapshotDigest,
  type TaskId,
  type TenantSettings,
  tighten,
  withDefaults,
} from "@aicd/core";
import {
  type Attempt,
  type AttemptContext,
  endAttempt,
  ensureAttempt,
  findLiveAttempt,
  findPlan,
  findSettings,
  findTask,
  freezeContext,
  markDispatched,
  type PlanRow,
  type Repository,
  type Scope,
  setTask,
  type Task,
  voidPlan,
} from "@aicd/db";
import { dispatchWorkflow, fetchStart, findRun, mayWrite, permissionOf } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { repositoryOf, scopeOf } from "../facts.ts";
import { failAttempt } from "./end-attempt.ts";
import { say } from "./say.ts";
import { type Stop, stopOf } from "./tenant-limits.ts";

type Refusal = { kind: "refused"; reason: FailureReason; detail: string };

/** Job `start-attempt`: attempt row with its run key first, then the frozen context, then the dispatch. */
export async function startAttempt(deps: Deps, payload: { tenantId: string; taskId: string }): Promise<void> {
  const scope = scopeOf(payload);
  const begun = await deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, payload.taskId as TaskId);
    if (task?.state !== "QUEUED") return undefined;
    const old = await findLiveAttempt(tx, task.id);
    // It was told to stop and will not come back to this task.
    if (old !== undefined && old.cancelReason !== null)
      await endAttempt(tx, { id: old.id, state: "cancelled" });
    const { attempt, made } = await ensureAttempt(tx, deps.mint, { taskId: task.id, phase: task.phase });
    const plan = task.planId === null ? undefined : await findPlan(tx, task.planId);
    const defaults = await findSettings(tx);
    const stop = await stopOf(tx, defaults);
    return { task, attempt, made, plan, defaults, stop, repository: await repositoryOf(tx, task) };
  });
  // Dispatched already: its runner or the sweep has the next word.
  if (begun === undefined || begun.attempt.state !== "pending") return;

  const { task, attempt, plan, stop } = begun;
  if (stop !== undefined) return refuse(deps, scope, attempt, stop);
  const context = attempt.context ?? (await prepare(deps, begun));
  if ("kind" in context) return refuse(deps, scope, attempt, context);
  if (task.phase === "code" && plan !== undefined && !stillApproved(plan, context)) {
    return planAgain(deps, scope, task, attempt, plan);
  }
  const frozen = await deps.db.withTenant(scope, async (tx) => {
    await setTask(tx, task.id, { budgetMicroUsd: budgetOf(task, context) });
    return freezeContext(tx, attempt.id, context);
  });
  if (frozen === undefined) return;
  await dispatch(deps, scope, { ...begun, context: frozen });
}

async function refuse(deps: Deps, scope: Scope, attempt: Attempt, refusal: Stop): Promise<void> {
  await deps.db.withTenant(scope, (tx) =>
    failAttempt(deps, tx, { attempt, state: "failed", reason: refusal.reason, detail: refusal.detail }),
  );
}

/** An approval speaks of plan, issue text, base and budget as they were; the base is kept, so the text counts. */
function stillApproved(plan: PlanRow, context: AttemptContext): boolean {
  const { body, baseSha, budgetMicroUsd } = plan;
  const digest = snapshotDigest(context.snapshot);
  return planHash({ plan: body, snapshotDigest: digest, baseSha, budgetMicroUsd }) === plan.hash;
}

/** The issue was edited after the approval: what was approved is no longer what would be done. */
async function planAgain(
  deps: Deps,
  scope: Scope,
  task: Task,
  attempt: Attempt,
  plan: PlanRow,
): Promise<void> {
  await deps.db.withTenant(scope, async (tx) => {
    const ended = await endAttempt(tx, {
      id: attempt.id,
      state: "cancelled",
      detail: "the approved plan is void",
    });
    if (ended === undefined) return;
    await voidPlan(tx, plan.id);
    await setTask(tx, task.id, { phase: "plan", planId: null });
    await say(deps, tx, {
      taskId: task.id,
      key: `void:${plan.id}`,
      target: { kind: "issue", number: task.issueNumber },
      body: `The issue was changed after plan \`${plan.hash}\` was approved, so that approval is void. I am making a new plan.`,
    });
    await deps.enqueue(tx, "start-attempt", { ...scope, taskId: task.id });
  });
}

/** `--budget` on the command, else the smaller of the settings' and ours. */
function budgetOf(task: Task, context: AttemptContext): number {
  if (task.flags.budgetUsd !== undefined || task.spentMicroUsd > 0) return task.budgetMicroUsd;
  return Math.min(task.budgetMicroUsd, Math.round(context.settings.budgetUsd * 1e6));
}

/** Everything that may say no, and what the attempt will work with. */
async function prepare(
  deps: Deps,
  begun: {
    task: Task;
    repository: Repository;
    plan: PlanRow | undefined;
    defaults: TenantSettings;
  },
): Promise<AttemptContext | Refusal> {
  const { task, repository, plan, defaults } = begun;
  if (repository.installationState !== "active") {
    return refusal("dispatch_refused", "The App is suspended or no longer installed here.");
  }
  if (!repository.enabled) {
    return refusal(
      "dispatch_refused",
      "The repository is switched off in the organisation's AI-CD settings.",
    );
  }
  const { read } = deps.github.installation(repository.installationGithubId);
  if (task.spentMicroUsd >= task.budgetMicroUsd) {
    return refusal("budget_exhausted", "The task's budget is used up. `/aicd retry --budget $5` adds to it.");
  }
  const { login } = task.requestedBy;
  const asked = permissionOf(read, repository, task.requestedBy).then((permission) => ({
    login,
    permission,
  }));
  const [{ permission }, start] = await Promise.all([
    asked,
    fetchStart(read, repository, {
      issueNumber: task.issueNumber,
      base: task.flags.base,
      head: task.phase === "revise" ? (task.branch ?? undefined) : undefined,
      guidance: task.guidance,
      asked,
      ...(task.phase === "revise" && task.pullRequestNumber !== null
        ? { review: { pullRequestNumber: task.pullRequestNumber, reviewIds: task.reviewIds } }
        : {}),
    }),
  ]);
  if (!mayWrite(permission)) {
    return refusal("dispatch_refused", "The person who asked may no longer write to this repository.");
  }
  if (start === undefined)
    return refusal("workspace_broken", "The issue is gone, or the repository is empty.");
  if (start.locked) {
    return refusal(
      "dispatch_refused",
      "The conversation is locked, so no plan could be shown on it. Unlock it, then `/aicd retry`.",
    );
  }
  const { snapshot, settings, defaultBranch, baseBranch } = start;
  // What was approved was planned on this commit; newer ones meet the change in the pull request.
  const baseSha = task.phase === "code" && plan !== undefined ? plan.baseSha : start.baseSha;
  if (settings.kind === "invalid") {
    const problems = settings.problems.map((problem) => `- ${problem}`).join("\n");
    return refusal("settings_invalid", `\`${start.settingsPath}\` has problems:\n${problems}`);
  }
  if (baseSha === undefined) {
    return refusal("workspace_broken", `There is no branch \`${baseBranch}\` to start from.`);
  }
  const startSha = task.phase === "revise" ? start.headSha : baseSha;
  if (startSha === undefined) return refusal("workspace_broken", "The pull request's branch is gone.");
  return {
    snapshot,
    settings: {
      ...withFlags(tighten(withDefaults(settings.settings, defaults), limitsOf(repository)), task),
      sandbox: demandedSandbox(settings.settings, defaults),
    },
    defaultBranch,
    baseBranch,
    baseSha,
    startSha,
  };
}

/** Stored ones were checked when they came; what a newer release stored is left to it. */
function limitsOf(repository: Repository): RepositoryLimits {
  return RepositoryLimits.safeParse(repository.settings).data ?? {};
}

/** `--model` on the command beats the settings, for all three roles. */
function withFlags(settings: Settings, task: Task): Settings {
  const { model } = task.flags;
  if (model === undefined) return settings;
  const bare = { ...settings, model };
  for (const role of ["planner", "coder", "critic"] as const) {
    const { model: _replaced, ...rest } = settings[role];
    bare[role] = rest;
  }
  return bare;
}

async function dispatch(
  deps: Deps,
  scope: Scope,
  begun: { task: Task; attempt: Attempt; made: boolean; repository: Repository; context: AttemptContext },
): Promise<void> {
  const { task, attempt, repository, context } = begun;
  const clients = deps.github.installation(repository.installationGithubId);
  // A repeated job looks first: its predecessor's dispatch may have got through.
  if (!begun.made) await clients.turn();
  const running = begun.made ? undefined : await findRun(clients, repository, attempt);
  const outcome =
    running !== undefined
      ? { kind: "dispatched" as const, runId: running }
      : await dispatchWorkflow(clients, repository, {
          ref: context.defaultBranch,
          attemptId: attempt.id,
          runKey: attempt.runKey,
          controlPlaneUrl: deps.publicUrl,
        });
  if (outcome.kind === "refused") {
    return refuse(deps, scope, attempt, {
      reason: "dispatch_refused",
      detail: outcome.problem,
    });
  }
  await deps.db.withTenant(scope, async (tx) => {
    await markDispatched(tx, { id: attempt.id, runId: outcome.runId });
    await setTask(tx, task.id, {
      issueTitle: context.snapshot.issue.title,
      baseBranch: context.baseBranch,
    });
    const still = await findTask(tx, task.id);
    if (still?.state === "CANCELLED") await endAttempt(tx, { id: attempt.id, state: "cancelled" });
  });
}

function refusal(reason: FailureReason, detail: string): Refusal {
  return { kind: "refused", reason, detail };
}
