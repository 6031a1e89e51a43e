import { AicdError, type TaskId } from "@aicd/core";
import { findKeptWork, findTask, type Scope } from "@aicd/db";
import { fetchFilesAt } from "@aicd/github";
import type { Deps } from "../../deps.ts";
import { grantedFor, repositoryOf } from "../../facts.ts";
import { makePatch } from "./make-patch.ts";

/**
 * The last work of a task as a patch, whatever became of the task; undefined: there is none.
 * @throws AicdError `conflict` when GitHub no longer has what the work starts from
 */
export async function patchOfTask(deps: Deps, scope: Scope, taskId: TaskId): Promise<Buffer | undefined> {
  const found = await deps.db.withTenant(scope, async (tx) => {
    const task = await findTask(tx, taskId);
    const work = task === undefined ? undefined : await findKeptWork(tx, taskId);
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
  const at = { directory: deps.exportDirectory, path: deps.path };
  return makePatch(at, { changeSet, digest, before });
}
