import {
  type Difference,
  differencesOf,
  type FailureReason,
  type Ground,
  planHash,
  type TaskId,
  type TenantSettings,
  voidsApproval,
} from "@aicd/core";
import {
  type Attempt,
  type AttemptContext,
  type Edit,
  endAttempt,
  ensureAttempt,
  findLiveAttempt,
  findPlan,
  findSettings,
  findTask,
  freezeContext,
  freezePlan,
  markDispatched,
  type PlanRow,
  type Repository,
  refreshEntitlement,
  type Scope,
  setTask,
  type Task,
  voidPlan,
} from "@aicd/db";
import { dispatchWorkflow, findRun, mayWrite, type Start } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { grantedFor, repositoryOf, scopeOf } from "../facts.ts";
import { Postponed } from "../outbox/postponed.ts";
import { renderVoid } from "../thread/edits.ts";
import { failAttempt } from "./end-attempt.ts";
import { toEdits } from "./ground/edits.ts";
import { fetchGround, type Look } from "./ground/fetch-ground.ts";
import { frozenGround, groundOfLaterAttempt } from "./ground/frozen.ts";
import { touch } from "./move.ts";
import { pauseLook, waitsForServer } from "./pauses/server-pause.ts";
import { say } from "./say.ts";
import { type Stop, stopOf } from "./tenant-limits.ts";

const NO_FLEET =
  "The organisation's settings say `execution: fleet`, and this installation of AI-CD has no fleet. An owner may set it to `github`.";

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
    // What was begun before goes on, unless the sweep takes it off its work.
    if (await waitsForServer(deps, tx, { task, begun: old?.cancelReason === null })) return "paused";
    const { attempt, made } = await ensureAttempt(tx, deps.mint, { taskId: task.id, phase: task.phase });
    const plan = task.planId === null ? undefined : await findPlan(tx, task.planId);
    const frozen = task.phase === "plan" ? undefined : await frozenGround(tx, { task, plan });
    const defaults = await findSettings(tx);
    if (deps.billing !== undefined) await refreshEntitlement(tx, deps.billing.plans, deps.now());
    const stop = await stopOf(tx, defaults);
    return { task, attempt, made, plan, frozen, defaults, stop, repository: await repositoryOf(tx, task) };
  });
  if (begun === "paused")
    throw new Postponed("the server is paused", { delayMs: pauseLook(), hasTurn: false });
  // Dispatched already: its runner or the sweep has the next word.
  if (begun === undefined || begun.attempt.state !== "pending") return;

  const { task, attempt, plan, stop } = begun;
  if (stop !== undefined) return refuse(deps, scope, attempt, stop);
  if (begun.defaults.execution === "fleet" && deps.fleet === undefined)
    return refuse(deps, scope, attempt, { reason: "dispatch_refused", detail: NO_FLEET });
  // An earlier try of this job got as far as that, and what it froze stays.
  if (attempt.context !== null) return dispatch(deps, scope, { ...begun, context: attempt.context });
  const prepared = await prepare(deps, begun);
  if (prepared.kind === "refused") return refuse(deps, scope, attempt, prepared);
  const { context, differences } = prepared;
  const isFirst = task.phase === "code" && plan?.frozenAt === null;
  if (plan !== undefined && isFirst && (!isOfNow(plan) || differences.some(voidsApproval))) {
    return planAgain(deps, scope, { task, attempt, plan, edits: toEdits(differences.filter(voidsApproval)) });
  }
  const frozen = await deps.db.withTenant(scope, async (tx) => {
    if (plan !== undefined && begun.frozen !== undefined) await freezePlan(tx, plan.id, toEdits(differences));
    const kept = await freezeContext(tx, attempt.id, context);
    await setTask(tx, task.id, { budgetMicroUsd: budgetOf(task, context) });
    return kept;
  });
  if (frozen === undefined) return;
  await dispatch(deps, scope, { ...begun, context: frozen });
}

/** Plans are approved under the rules of their time; other rules void what was not begun. */
function isOfNow({ hash, body, baseSha, budgetMicroUsd, snapshotDigest }: PlanRow): boolean {
  return planHash({ plan: body, snapshotDigest, baseSha, budgetMicroUsd }) === hash;
}

async function refuse(deps: Deps, scope: Scope, attempt: Attempt, refusal: Stop): Promise<void> {
  await deps.db.withTenant(scope, (tx) =>
    failAttempt(deps, tx, { attempt, state: "failed", reason: refusal.reason, detail: refusal.detail }),
  );
}

/** Edited between plan and approval, or before a retry: what was approved is no longer what would be done. */
async function planAgain(
  deps: Deps,
  scope: Scope,
  begun: { task: Task; attempt: Attempt; plan: PlanRow; edits: readonly Edit[] },
): Promise<void> {
  const { task, attempt, plan, edits } = begun;
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
      key: `void:${attempt.id}`,
      target: { kind: "issue", number: task.issueNumber },
      body: renderVoid(plan.hash, edits),
    });
    await deps.enqueue(tx, "start-attempt", { ...scope, taskId: task.id });
  });
}

/** `--budget` on the command, else the smaller of the settings' and ours. */
function budgetOf(task: Task, context: AttemptContext): number {
  if (task.flags.budgetUsd !== undefined || task.spentMicroUsd > 0) return task.budgetMicroUsd;
  return Math.min(task.budgetMicroUsd, Math.round(context.settings.budgetUsd * 1e6));
}

type Begun = {
  task: Task;
  repository: Repository;
  plan: PlanRow | undefined;
  /** What the plan was approved for. */
  frozen: AttemptContext | undefined;
  defaults: TenantSettings;
};
type Prepared = {
  kind: "prepared";
  context: AttemptContext;
  /** What is other than it was when the plan was made. */
  differences: Difference[];
};

/** Everything that may say no, and what the attempt will work with. */
async function prepare(deps: Deps, begun: Begun): Promise<Prepared | Refusal> {
  const { task, repository, frozen } = begun;
  const stop = stopBefore(begun);
  if (stop !== undefined) return refusal("dispatch_refused", stop);
  if (task.spentMicroUsd >= task.budgetMicroUsd) {
    return refusal("budget_exhausted", "The task's budget is used up. `/aicd retry --budget $5` adds to it.");
  }
  const look = await fetchGround(deps, { ...begun, repository });
  if (!mayWrite(look.permission)) {
    return refusal("dispatch_refused", "The person who asked may no longer write to this repository.");
  }
  if (!("start" in look)) {
    return refusal("workspace_broken", "The issue is gone, or the repository is empty.");
  }
  if (look.start.locked) {
    return refusal(
      "dispatch_refused",
      "The conversation is locked, so no plan could be shown on it. Unlock it, then `/aicd retry`.",
    );
  }
  const commits = commitsOf(begun, look.start);
  if ("kind" in commits) return commits;
  const { defaultBranch, baseBranch } = look.start;
  const places = { defaultBranch, baseBranch, ...commits, critic: begun.defaults.critic };
  if (frozen !== undefined && (begun.plan?.frozenAt != null || task.phase === "revise")) {
    const context = { ...groundOfLaterAttempt(frozen, look.seen, begun), ...places };
    return { kind: "prepared", context, differences: differencesOf(frozen, look.seen) };
  }
  return prepareFirst(begun, look, places);
}

/** Nothing is frozen yet, so what is there now has to be in order, and what was approved has to be what is there. */
function prepareFirst(
  begun: Begun,
  { start, seen: { commentsFrom, ...seen } }: Look,
  places: Omit<AttemptContext, keyof Ground>,
): Prepared | Refusal {
  const { settings } = seen;
  if (settings === undefined) {
    const problems = start.settings.kind === "invalid" ? start.settings.problems : [];
    const list = problems.map((problem) => `- ${problem}`).join("\n");
    return refusal("settings_invalid", `\`${start.settingsPath}\` has problems:\n${list}`);
  }
  const { frozen } = begun;
  if (frozen === undefined) {
    return { kind: "prepared", context: { ...seen, settings, ...places }, differences: [] };
  }
  const context = { ...groundOfLaterAttempt(frozen, seen, begun), ...places };
  const differences = differencesOf(frozen, { ...seen, settings, commentsFrom });
  return { kind: "prepared", context, differences };
}

function stopBefore({ repository }: Begun): string | undefined {
  if (repository.installationState !== "active") return "The App is suspended or no longer installed here.";
  if (!repository.enabled) return "The repository is switched off in the organisation's AI-CD settings.";
  return undefined;
}

function commitsOf(
  { task, plan }: Begun,
  start: Start,
): Pick<AttemptContext, "baseSha" | "startSha"> | Refusal {
  // What was approved was planned on this commit, with the instructions it has; newer ones meet the change in the
  // pull request.
  const baseSha = task.phase !== "plan" && plan?.state === "approved" ? plan.baseSha : start.baseSha;
  if (baseSha === undefined) {
    return refusal("workspace_broken", `There is no branch \`${start.baseBranch}\` to start from.`);
  }
  const startSha = task.phase === "revise" ? start.headSha : baseSha;
  if (startSha === undefined) return refusal("workspace_broken", "The pull request's branch is gone.");
  return { baseSha, startSha };
}

async function dispatch(
  deps: Deps,
  scope: Scope,
  begun: {
    task: Task;
    attempt: Attempt;
    made: boolean;
    repository: Repository;
    context: AttemptContext;
    defaults: TenantSettings;
  },
): Promise<void> {
  const { task, attempt, repository, context } = begun;
  const clients = grantedFor(deps, repository, "steer-runs");
  // A repeated job looks first: its predecessor's dispatch may have got through.
  if (!begun.made) await clients.turn("change");
  const running = begun.made ? undefined : await findRun(clients, repository, attempt);
  const outcome =
    running !== undefined
      ? { kind: "dispatched" as const, runId: running }
      : await dispatchWorkflow(clients, repository, {
          ref: context.defaultBranch,
          attemptId: attempt.id,
          runKey: attempt.runKey,
          controlPlaneUrl: deps.publicUrl,
          runsOn: begun.defaults.execution === "fleet" ? "aicd-fleet" : undefined,
        });
  if (outcome.kind === "refused") {
    return refuse(deps, scope, attempt, {
      reason: "dispatch_refused",
      detail: outcome.problem,
    });
  }
  await deps.db.withTenant(scope, async (tx) => {
    await markDispatched(tx, { id: attempt.id, runId: outcome.runId });
    const still = await findTask(tx, task.id);
    if (still?.state === "CANCELLED") await endAttempt(tx, { id: attempt.id, state: "cancelled" });
    if (task.progress !== null) await touch(deps, tx, task.id, { progress: null });
    await setTask(tx, task.id, {
      issueTitle: context.snapshot.issue.title,
      baseBranch: context.baseBranch,
    });
  });
}

function refusal(reason: FailureReason, detail: string): Refusal {
  return { kind: "refused", reason, detail };
}
