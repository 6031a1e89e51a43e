import type { ChangeSetId, TaskId } from "@aicd/core";
import type { KeptWork, Scope } from "@aicd/db";
import type { Deps } from "../../deps.ts";
import { type FileDiff, makeDiff, makeTextDiff } from "./make-diff.ts";
import { makePatch } from "./make-patch.ts";
import { workOfTask } from "./work-of-task.ts";

/** `changeSetId` undefined: the last work of the task, finished or not. */
type Wanted = { taskId: TaskId; changeSetId?: ChangeSetId | undefined };

/**
 * A change of a task as a patch, whatever became of the task; undefined: there is none.
 * @throws AicdError `conflict` when GitHub no longer has what the work starts from
 */
export async function patchOfTask(
  deps: Deps,
  scope: Scope,
  { taskId, changeSetId }: Wanted,
): Promise<Buffer | undefined> {
  const found = await workOfTask(deps, scope, { taskId, changeSetId });
  return found === undefined ? undefined : makePatch(placeOf(deps), found.change);
}

/**
 * The same file by file, for people to read.
 * @throws AicdError `conflict` as well when it is more than a page can show
 */
export async function diffOfTask(
  deps: Deps,
  scope: Scope,
  { taskId, changeSetId }: Wanted,
): Promise<{ work: KeptWork; files: FileDiff[] } | undefined> {
  const found = await workOfTask(deps, scope, { taskId, changeSetId });
  if (found === undefined) return undefined;
  return { work: found.work, files: await makeDiff(placeOf(deps), found.change) };
}

/** The same as git writes it, for a model to read. */
export async function textDiffOfTask(
  deps: Deps,
  scope: Scope,
  { taskId, changeSetId }: Wanted,
): Promise<string | undefined> {
  const found = await workOfTask(deps, scope, { taskId, changeSetId });
  return found === undefined ? undefined : makeTextDiff(placeOf(deps), found.change);
}

function placeOf({ exportDirectory: directory, path }: Deps): { directory: string; path: string } {
  return { directory, path };
}
