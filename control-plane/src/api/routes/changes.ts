import { Readable } from "node:stream";
import { type ChangeSetId, parseId, type TaskId } from "@aicd/core";
import { findChangeSet, findTaskRow, listChangeSets, type TenantTx } from "@aicd/db";
import { z } from "zod";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { missing } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { diffOfTask, patchOfTask } from "../../tasks/kept/patch-of-task.ts";
import { ChangeSetSummary, ChangeSetView, changeSetOf, changeSummaryOf } from "../shapes/changes.ts";
import { Flag, idOf } from "../shapes/common.ts";
import { DiffView, diffOf } from "../shapes/diff.ts";
import { TaskParams } from "./tasks.ts";

const tag = "Tasks";
const base = "/v1/organizations/{org}/tasks/{task}";

export const ChangeQuery = {
  changeSet: idOf("changeSet").optional().describe("One of the task's changes, whichever became of it."),
};

export const changeRoutes = [
  route(
    {
      id: "listChangeSets",
      tag,
      method: "GET",
      path: `${base}/change-sets`,
      summary: "All that was proposed for a task, newest first",
      description: "One for each time an attempt had something to judge; what was rejected is among them.",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject(PageQuery),
      answers: { 200: pageOf(ChangeSetSummary) },
    },
    async (deps, { scope, params, query }) => {
      const taskId = params.task;
      const body = await readPage(query, {
        filters: taskId,
        isKey: (text) => parseId("changeSet", text) !== undefined,
        read: (input) =>
          deps.db.withTenant(scope, async (tx) => {
            if ((await findTaskRow(tx, taskId)) === undefined) throw missing();
            return listChangeSets(tx, { taskId, ...input });
          }),
        keyOf: ({ id }) => id,
        view: changeSummaryOf,
      });
      return { body };
    },
  ),
  route(
    {
      id: "getChangeSet",
      tag,
      method: "GET",
      path: `${base}/change-set`,
      summary: "The change on the table, the one that was published last, or one of its changes",
      description: "404 until one was proposed.",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject({
        ...ChangeQuery,
        content: Flag.optional().describe("With the files' new contents."),
      }),
      answers: { 200: ChangeSetView },
    },
    async (deps, { scope, params, query }) => {
      const row = await deps.db.withTenant(scope, (tx) => changeSetOfTask(tx, params.task, query.changeSet));
      return { body: changeSetOf(row, query.content === "true") };
    },
  ),
  route(
    {
      id: "getPatch",
      tag,
      method: "GET",
      path: `${base}/patch`,
      summary: "The last work of the task, or one of its changes, as a patch for `git am` or `git apply`",
      description:
        "Whatever became of the task: of one that failed or was cancelled it is what there was by then, finished or not. 404 until something was written; 409 when GitHub no longer has the commit it starts from.",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject(ChangeQuery),
      answers: { 200: z.string() },
      media: "text/x-patch",
      file: "aicd.patch",
      problems: ["conflict"],
    },
    async (deps, { scope, params, query }) => {
      const wanted = { taskId: params.task, changeSetId: query.changeSet };
      const patch = await patchOfTask(deps, scope, wanted);
      if (patch === undefined) throw missing();
      return Readable.from([patch]);
    },
  ),
  route(
    {
      id: "getDiff",
      tag,
      method: "GET",
      path: `${base}/diff`,
      summary: "The last work of the task, or one of its changes, file by file",
      description:
        "For people to read: renames are found, binary files named. A large change comes without the hunks of its last files, which are had one at a time by `path`. 404 until something was written; 409 when GitHub no longer has the commit it starts from.",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject({
        ...ChangeQuery,
        path: z.string().min(1).max(1_000).optional().describe("Only this file, by its new path."),
      }),
      answers: { 200: DiffView },
      problems: ["conflict"],
    },
    async (deps, { scope, params, query }) => {
      const wanted = { taskId: params.task, changeSetId: query.changeSet };
      const found = await diffOfTask(deps, scope, wanted);
      if (found === undefined) throw missing();
      return { body: diffOf(found, query.path) };
    },
  ),
];

/**
 * The change on the table, or one of the task's by its id.
 * @throws Refusal when the task is not there, or has no such change
 */
export async function changeSetOfTask(tx: TenantTx, taskId: TaskId, wanted: ChangeSetId | undefined) {
  const task = await findTaskRow(tx, taskId);
  const id = wanted ?? task?.changeSetId ?? undefined;
  const row = task === undefined || id === undefined ? undefined : await findChangeSet(tx, { id });
  if (row?.taskId !== taskId) throw missing();
  return row;
}
