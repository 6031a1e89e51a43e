import { AicdError, type Checkpoint, checkpointKey, checkpointProblem, keepsWork } from "@aicd/core";
import {
  type Attempt,
  findAttempt,
  findCheckpoint,
  findPlan,
  findTask,
  storeCheckpoint,
  type TenantTx,
} from "@aicd/db";
import type { CheckpointRequest } from "@aicd/protocol";
import type { Deps } from "../deps.ts";
import type { Runner } from "../identity/authenticate-runner.ts";
import { fence } from "./fence.ts";

/** `POST /v1/runner/checkpoint`: stored as the task's latest when it is of this very work and the policy bears it. */
export async function receiveCheckpoint(deps: Deps, runner: Runner, body: CheckpointRequest): Promise<void> {
  await deps.db.withTenant(runner.scope, async (tx) => {
    const attempt = await fence(deps, tx, runner, body.epoch);
    const work = await workOf(tx, attempt);
    const problem = checkpointProblem(body.checkpoint, work);
    if (problem !== undefined) throw new AicdError("invalid", `The checkpoint is refused. ${problem}`);
    await storeCheckpoint(tx, deps.mint, {
      taskId: attempt.taskId,
      attemptId: attempt.id,
      phase: attempt.phase,
      body: body.checkpoint,
    });
  });
  const { stage, files } = body.checkpoint;
  deps.log.info(
    { ...runner.scope, attemptId: runner.attemptId, stage, files: files.length },
    "checkpoint stored",
  );
}

/** What a lost predecessor left of the work this attempt is to do, or null. */
export async function checkpointFor(tx: TenantTx, attempt: Attempt): Promise<Checkpoint | null> {
  const row = await findCheckpoint(tx, attempt.taskId);
  if (row === undefined) return null;
  const left = row.attemptId === attempt.id ? attempt : await findAttempt(tx, row.attemptId);
  // The same attempt under a new epoch: its runner was restarted before it could be missed.
  const abandoned = left?.id === attempt.id || keepsWork(left?.reason ?? null);
  if (!abandoned || checkpointProblem(row.body, await workOf(tx, attempt)) !== undefined) return null;
  return row.body;
}

async function workOf(tx: TenantTx, attempt: Attempt): Promise<Parameters<typeof checkpointProblem>[1]> {
  const { context, taskId } = attempt;
  if (context === null) throw new AicdError("broken", "The attempt has no context.");
  const { startSha, baseSha, snapshot, settings } = context;
  const task = await findTask(tx, taskId);
  const plan = task?.planId == null ? undefined : await findPlan(tx, task.planId);
  const approved = plan?.state === "approved" ? plan.body : null;
  return { key: checkpointKey({ taskId, startSha, baseSha, snapshot, plan: approved }), startSha, settings };
}
