import type { AttemptId } from "@aicd/core";
import { findAttempt, findTask } from "@aicd/db";
import { cancelRun as cancelAtGitHub } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { grantedFor, repositoryOf, scopeOf } from "../facts.ts";

/**
 * Job `cancel-run`: the run of an attempt that is over is ended at GitHub as well, so that nobody pays for minutes
 * of a runner whose word no longer counts. One that has ended by itself is as good.
 */
export async function cancelRun(deps: Deps, payload: { tenantId: string; attemptId: string }): Promise<void> {
  const scope = scopeOf(payload);
  const found = await deps.db.withTenant(scope, async (tx) => {
    const attempt = await findAttempt(tx, payload.attemptId as AttemptId);
    const task = attempt === undefined ? undefined : await findTask(tx, attempt.taskId);
    if (attempt === undefined || task === undefined || attempt.runId === null) return undefined;
    return { runId: attempt.runId, repository: await repositoryOf(tx, task) };
  });
  if (found === undefined) return;
  const clients = grantedFor(deps, found.repository, "steer-runs");
  await cancelAtGitHub(clients, found.repository, found.runId);
}
