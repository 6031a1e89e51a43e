import { AicdError, type TaskId, type TenantId } from "@aicd/core";
import { findRepository, findTask, type Repository, type Scope, type Task, type TenantTx } from "@aicd/db";
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

/** Where the last work of a task is to be had as a patch, by whoever may read the task. */
export function patchUrlOf(
  { publicUrl }: Pick<Deps, "publicUrl">,
  task: Pick<Task, "tenantId" | "id">,
): string {
  return `${publicUrl}/v1/organizations/${task.tenantId}/tasks/${task.id}/patch`;
}
