import { AicdError, type ChangeSetId, type TaskId } from "@aicd/core";
import { findChangeSet, findKeptWork, findTask, type KeptWork, type Scope, type TenantTx } from "@aicd/db";
import { fetchFilesAt } from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor, repositoryOf } from "../../facts.ts";
import type { Change } from "./repository-of-change.ts";

export type Work = { work: KeptWork; change: Change };

/**
 * One change of a task, or its last work, with what its files were before; undefined: there is none.
 * @throws AicdError `conflict` when GitHub no longer has what the work starts from
 */
export async function workOfTask(
  deps: Deps,
  scope: Scope,
  wanted: { taskId: TaskId; changeSetId: ChangeSetId | undefined },
): Promise<Work | undefined> {
  const found = await deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, wanted.taskId);
    const work = task === undefined ? undefined : await findWork(tx, wanted);
    if (task === undefined || work === undefined) return undefined;
    return { work, repository: await repositoryOf(tx, task) };
  });
  if (found === undefined) return undefined;
  const { work, repository } = found;
  const { body: changeSet, digest } = work;
  const paths = changeSet.files
    .filter((file) => file.kind === "delete" || file.baseMode !== null)
    .map(({ path }) => path);
  const { read } = grantedFor(deps, repository, "read-code");
  const contents = await fetchFilesAt(read, repository, { sha: changeSet.baseSha, paths }).catch(
    (cause: unknown) => {
      if (!(cause instanceof AicdError) || cause.kind !== "missing") throw cause;
      throw new AicdError(
        "conflict",
        `GitHub no longer has what this work starts from, so no patch can be made of it; its files are whole in \`/change-set?content=true\`. ${cause.message}`,
        { cause },
      );
    },
  );
  const before = new Map(paths.map((path, index) => [path, contents[index] ?? Buffer.alloc(0)]));
  return { work, change: { changeSet, digest, before } };
}

async function findWork(
  tx: TenantTx,
  { taskId, changeSetId }: { taskId: TaskId; changeSetId: ChangeSetId | undefined },
): Promise<KeptWork | undefined> {
  if (changeSetId === undefined) return findKeptWork(tx, taskId);
  const row = await findChangeSet(tx, { id: changeSetId });
  if (row?.taskId !== taskId) return undefined;
  const { attemptId, body, digest, evidence } = row;
  return { attemptId, body, digest, evidence, row };
}
