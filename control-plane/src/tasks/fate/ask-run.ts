import type { AttemptId } from "@aicd/core";
import { type Attempt, endAttempt, findAttempt, findTask, type TenantTx } from "@aicd/db";
import { fetchRun, findRun } from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor, repositoryOf, scopeOf } from "../../facts.ts";
import { failAttempt } from "../end-attempt.ts";
import { move, touch } from "../move.ts";
import { fateOfRun, type RunFate } from "./run-fate.ts";

/** Job `ask-run`: an attempt is overdue; what becomes of it follows from its run as GitHub has it now. */
export async function askRun(deps: Deps, payload: { tenantId: string; attemptId: string }): Promise<void> {
  const scope = scopeOf(payload);
  const found = await deps.db.withTenant(scope, async (tx) => {
    const attempt = await findAttempt(tx, payload.attemptId as AttemptId);
    const task = attempt === undefined ? undefined : await findTask(tx, attempt.taskId);
    if (attempt === undefined || task === undefined) return undefined;
    return { attempt, repository: await repositoryOf(tx, task) };
  });
  if (found === undefined) return;
  const { attempt, repository } = found;
  const clients = grantedFor(deps, repository, "see-runs");
  const runId = attempt.runId ?? (await findRun(clients, repository, attempt)) ?? null;
  const run = runId === null ? undefined : await fetchRun(clients.read, repository, runId);
  const fate = fateOfRun(attempt.state, run);
  await deps.db.withTenant(scope, (tx) => follow(deps, tx, attempt, fate));
}

async function follow(deps: Deps, tx: TenantTx, attempt: Attempt, fate: RunFate): Promise<void> {
  if (fate.kind === "wait") return say(deps, tx, attempt, fate.progress);
  if (fate.kind === "cancelled") {
    return cancelByRun(deps, tx, attempt, "The workflow run was cancelled on GitHub.");
  }
  const { reason, detail } = fate;
  await failAttempt(deps, tx, { attempt, state: "lost", reason, detail, onlyIfOverdue: true });
}

/** Said once: the thread is not edited to say the same again. */
async function say(deps: Deps, tx: TenantTx, { taskId }: Attempt, progress: string): Promise<void> {
  const task = await findTask(tx, taskId);
  if (task !== undefined && task.progress !== progress) await touch(deps, tx, taskId, { progress });
}

/** Somebody cancelled the run at GitHub: the task is cancelled too, and nothing is dispatched again. */
export async function cancelByRun(
  deps: Deps,
  tx: TenantTx,
  attempt: Pick<Attempt, "id" | "taskId">,
  detail: string,
): Promise<void> {
  const ended = await endAttempt(tx, { id: attempt.id, state: "cancelled", detail });
  if (ended === undefined) return;
  await move(deps, tx, {
    taskId: attempt.taskId,
    trigger: "task.cancelled",
    set: { detail, progress: null },
    event: { attemptId: attempt.id, detail },
  });
}
