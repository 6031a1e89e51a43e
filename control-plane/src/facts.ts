import { AicdError, type ChangeSet, type TaskId, type TenantId, withBase } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import { findRepository, findTask, type Repository, type Scope, type Task, type TenantTx } from "@aicd/db";
import { fetchBase, type InstallationClients, type RepositoryPower } from "@aicd/github";
import type { Deps } from "./deps.ts";

/** Scope from a job's payload; the ids were minted by us and stored with it. */
export function scopeOf(payload: { tenantId: string }): Scope {
  return { tenantId: payload.tenantId as TenantId };
}

/** The task with its repository; undefined when it is gone, which makes a job for it void. */
export async function loadTask(
  deps: Deps,
  scope: Scope,
  taskId: string,
): Promise<{ task: Task; repository: Repository } | undefined> {
  return deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, taskId as TaskId);
    if (task === undefined) return undefined;
    return { task, repository: await repositoryOf(tx, task) };
  });
}

export async function repositoryOf(tx: TenantTx, task: Task): Promise<Repository> {
  const repository = await findRepository(tx, task.repositoryId);
  if (repository === undefined) {
    throw new AicdError("broken", "The task's repository is not stored.", { retryable: false });
  }
  return repository;
}

/** Clients that may do one thing in one repository, and nothing else. */
export function grantedFor(
  { github }: Pick<Deps, "github">,
  repository: { githubId: number; installationGithubId: number },
  power: RepositoryPower,
): InstallationClients {
  return github.installation(repository.installationGithubId, { power, repositoryId: repository.githubId });
}

/** Where the last work of a task is to be had as a patch, by whoever may read the task. */
export function patchUrlOf(
  { publicUrl }: Pick<Deps, "publicUrl">,
  task: Pick<Task, "tenantId" | "id">,
): string {
  return `${publicUrl}/v1/organizations/${task.tenantId}/tasks/${task.id}/patch`;
}

/**
 * A ChangeSet as GitHub knows its base. A runner that read a stranger's text may say anything of modes, twins and
 * what was there before; after this nothing of that is left.
 */
export async function believeGitHub(
  deps: Deps,
  repository: Repository,
  changeSet: ChangeSet,
): Promise<ChangeSet> {
  const { read } = grantedFor(deps, repository, "read-code");
  const base = await fetchBase(read, repository, { changeSet, findSecrets });
  return withBase(changeSet, base, findSecrets);
}
