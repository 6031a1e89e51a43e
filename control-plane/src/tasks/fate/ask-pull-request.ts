import type { TaskId } from "@aicd/core";
import { findTask, type TenantTx } from "@aicd/db";
import { fetchPullRequestState, refusalOf } from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor, repositoryOf, scopeOf } from "../../facts.ts";
import { move } from "../move.ts";
import { stopAttempt } from "../stop-attempt.ts";

/**
 * Job `ask-pull-request`: the webhook that tells of the end of a pull request may be lost for good, so GitHub is asked
 * now and then how one of ours stands.
 */
export async function askPullRequest(
  deps: Deps,
  payload: { tenantId: string; taskId: string },
): Promise<void> {
  const scope = scopeOf(payload);
  const found = await deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, payload.taskId as TaskId);
    if (task?.state !== "PR_OPEN" || task.pullRequestNumber === null) return undefined;
    return { task, number: task.pullRequestNumber, repository: await repositoryOf(tx, task) };
  });
  if (found === undefined) return;
  const { task, number, repository } = found;
  const { read } = grantedFor(deps, repository, "read-review");
  const state = await fetchPullRequestState(read, repository, number).catch((error: unknown) => {
    // Not ours to see, suspended, blocked: no word about the pull request, and tomorrow it is asked again.
    if (refusalOf(error) !== undefined) return "open" as const;
    throw error;
  });
  if (state === "open") return;
  await deps.db.withTenant(scope, (tx) => endByPullRequest(deps, tx, task.id, { state }));
}

/**
 * A merged or closed pull request ends its task, whatever a retry was doing.
 * @param end `by`: the login of who did it, where it is known
 * @returns false: the task had ended before
 */
export async function endByPullRequest(
  deps: Deps,
  tx: TenantTx,
  taskId: TaskId,
  { state, by }: { state: "merged" | "closed"; by?: string },
): Promise<boolean> {
  const trigger = `pull_request.${state}` as const;
  const event = by === undefined ? {} : { by };
  const moved = await move(deps, tx, { taskId, trigger, set: { progress: null }, event });
  if (moved === undefined) return false;
  await stopAttempt(deps, tx, taskId, "the pull request was closed");
  return true;
}
