import type { PlanId } from "@aicd/core";
import { findPlan, listAttempts, markRendered, type Scope, type Task } from "@aicd/db";
import { bounded, editIssueComment, postIssueComment } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { loadTask, scopeOf } from "../tasks/facts.ts";
import { renderStatus } from "./status.ts";

/** Key of the sticky comment: one per issue, so a second task on the issue takes it over. */
const STATUS_KEY = "status";

/** Job `update-thread`: renders until the thread shows the newest version. */
export async function updateThread(deps: Deps, payload: { tenantId: string; taskId: string }): Promise<void> {
  const scope = scopeOf(payload);
  for (let round = 0; round < 20; round++) {
    const loaded = await loadTask(deps, scope, payload.taskId);
    if (loaded === undefined || loaded.task.threadRendered >= loaded.task.threadVersion) return;
    await render(deps, scope, loaded.task, loaded.repository);
  }
}

async function render(
  deps: Deps,
  scope: Scope,
  task: Task,
  repository: NonNullable<Awaited<ReturnType<typeof loadTask>>>["repository"],
): Promise<void> {
  const { plan, attempt } = await deps.db.withTenant(scope, async (tx) => ({
    plan: task.planId === null ? undefined : await findPlan(tx, task.planId as PlanId),
    attempt: (await listAttempts(tx, task.id))[0],
  }));
  const body = bounded(renderStatus({ task, repository, plan, attempt, serverUrl: deps.serverUrl }));
  const clients = deps.github.installation(repository.installationGithubId);
  const known = task.statusCommentId;
  const edited =
    known !== null &&
    (await editIssueComment(clients.write, repository, { commentId: known, key: STATUS_KEY, body }));
  const statusCommentId = edited
    ? known
    : await postOrTakeOver(deps, clients, repository, { issueNumber: task.issueNumber, body });
  await deps.db.withTenant(scope, (tx) =>
    markRendered(tx, { taskId: task.id, version: task.threadVersion, statusCommentId }),
  );
}

async function postOrTakeOver(
  deps: Deps,
  clients: ReturnType<Deps["github"]["installation"]>,
  repository: { owner: string; name: string },
  input: { issueNumber: number; body: string },
): Promise<number> {
  const { id, found } = await postIssueComment(clients, repository, {
    ...input,
    key: STATUS_KEY,
    appLogin: deps.appLogin,
    look: true,
  });
  if (found)
    await editIssueComment(clients.write, repository, { commentId: id, key: STATUS_KEY, body: input.body });
  return id;
}
