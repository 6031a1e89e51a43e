import { isDeepStrictEqual } from "node:util";
import { AicdError, groundDigest, type Plan, planHash, type Transcript } from "@aicd/core";
import {
  type Attempt,
  endAttempt,
  findAttempt,
  findPlanOfAttempt,
  findTask,
  storePlan,
  type Task,
  type TenantTx,
} from "@aicd/db";
import type { PlanAnswer } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import { repositoryOf } from "../facts.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { unpricedModels } from "../models/vendors.ts";
import { move } from "../tasks/move.ts";
import { say } from "../tasks/say.ts";
import { placesOf } from "../thread/places/places.ts";
import { planKey, renderPlan } from "../thread/plan.ts";
import { fence, outrun } from "./fence.ts";

/** `POST /v1/runner/plan`: the plan is put to a person, or accepted where nobody asked to see it. */
export async function receivePlan(
  deps: Deps,
  runner: Runner,
  body: { epoch: number; plan: Plan; transcript?: Transcript | undefined },
): Promise<PlanAnswer> {
  return deps.db.withTenant(runner.scope, async (tx) => {
    const known = await findPlanOfAttempt(tx, runner.attemptId);
    const before = await findAttempt(tx, runner.attemptId);
    const task = before === undefined ? undefined : await findTask(tx, before.taskId);
    if (before?.context == null || task === undefined)
      throw new AicdError("broken", "The attempt has no task.");
    const auto = task.mode === "auto" && before.context.settings.approval === "auto";
    const next = auto ? "code" : "wait";
    // The first answer was lost on its way: the plan stands, whatever has become of it since.
    if (known !== undefined && before.epoch === body.epoch && isDeepStrictEqual(known.body, body.plan)) {
      return { hash: known.hash, next };
    }
    const attempt = await fence(deps, tx, runner, body.epoch);
    const { context } = before;
    const digest = groundDigest(context);
    const { baseSha } = context;
    const { budgetMicroUsd } = task;
    const hash = planHash({ plan: body.plan, snapshotDigest: digest, baseSha, budgetMicroUsd });
    const stored = await storePlan(tx, deps.mint, {
      taskId: task.id,
      attemptId: attempt.id,
      hash,
      body: body.plan,
      baseSha,
      snapshotDigest: digest,
      budgetMicroUsd,
      state: auto ? "approved" : "proposed",
      ...(auto ? { approvedBy: task.requestedBy, frozenAt: new Date(deps.now()) } : {}),
    });
    // In one lease the conversation goes on where it is.
    if (!auto && body.transcript !== undefined) {
      await deps.transcripts.keep(tx, { taskId: task.id, planId: stored.id }, body.transcript);
    }
    const moved = await move(deps, tx, {
      taskId: task.id,
      trigger: auto ? "plan.accepted" : "plan.proposed",
      set: { planId: stored.id, progress: null, ...(auto ? { phase: "code" as const } : {}) },
      event: { attemptId: attempt.id, hash },
    });
    if (moved === undefined) throw outrun();
    const asks = auto ? undefined : task.requestedBy.login;
    await showPlan(deps, tx, {
      task,
      attempt,
      plan: body.plan,
      hash,
      baseSha,
      asks,
      settings: context.settings,
    });
    if (!auto) await endAttempt(tx, { id: attempt.id, state: "succeeded" });
    return { hash, next };
  });
}

/** The plan as the issue's thread shows it: a comment, or several where it is long. */
async function showPlan(
  deps: Deps,
  tx: TenantTx,
  input: {
    task: Task;
    attempt: Attempt;
    plan: Plan;
    hash: string;
    baseSha: string;
    /** Who is asked to approve it, if somebody is. */
    asks: string | undefined;
    settings: Parameters<typeof unpricedModels>[2];
  },
): Promise<void> {
  const { task, attempt, settings, hash, ...shown } = input;
  const comments = renderPlan({
    ...{ ...shown, hash },
    budgetMicroUsd: task.budgetMicroUsd,
    unpriced: await unpricedModels(deps, tx, settings),
    places: placesOf({
      ...{ task, repository: await repositoryOf(tx, task), planCommentId: undefined, runId: attempt.runId },
      ...{ serverUrl: deps.serverUrl, publicUrl: deps.publicUrl },
    }),
  });
  for (const [index, text] of comments.entries()) {
    await say(deps, tx, {
      taskId: task.id,
      key: index === 0 ? planKey(hash) : `${planKey(hash)}:${index + 1}`,
      target: { kind: "issue", number: task.issueNumber },
      body: text,
    });
  }
}
