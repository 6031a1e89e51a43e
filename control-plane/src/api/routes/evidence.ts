import { Readable } from "node:stream";
import { parseId, type TaskId } from "@aicd/core";
import { findChangeSet, findTaskRow, listEvidence, listVerdictsOfTask, type TenantTx } from "@aicd/db";
import { z } from "zod";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { missing } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { patchOfTask } from "../../tasks/kept/patch-of-task.ts";
import { Flag } from "../shapes/common.ts";
import {
  ChangeSetView,
  changeSetOf,
  EvidenceView,
  evidenceOf,
  VerdictView,
  verdictOf,
} from "../shapes/evidence.ts";
import { TaskParams } from "./tasks.ts";

const tag = "Tasks";
const base = "/v1/organizations/{org}/tasks/{task}";

export const evidenceRoutes = [
  route(
    {
      id: "getChangeSet",
      tag,
      method: "GET",
      path: `${base}/change-set`,
      summary: "The change on the table, or the one that was published last",
      description: "404 until one was proposed.",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject({ content: Flag.optional().describe("With the files' new contents.") }),
      answers: { 200: ChangeSetView },
    },
    async (deps, { scope, params, query }) => {
      const row = await deps.db.withTenant(scope, (tx) => changeSetOfTask(tx, params.task));
      return { body: changeSetOf(row, query.content === "true") };
    },
  ),
  route(
    {
      id: "getPatch",
      tag,
      method: "GET",
      path: `${base}/patch`,
      summary: "The last work of the task as a patch, for `git am` or `git apply`",
      description:
        "Whatever became of the task: of one that failed or was cancelled it is what there was by then, finished or not. 404 until something was written; 409 when GitHub no longer has the commit it starts from.",
      permission: "task.read",
      params: TaskParams,
      answers: { 200: z.string() },
      media: "text/x-patch",
      file: "aicd.patch",
      problems: ["conflict"],
    },
    async (deps, { scope, params }) => {
      const patch = await patchOfTask(deps, scope, params.task);
      if (patch === undefined) throw missing();
      return Readable.from([patch]);
    },
  ),
  route(
    {
      id: "getEvidence",
      tag,
      method: "GET",
      path: `${base}/evidence`,
      summary: "What was run to prove that change, and what came out",
      description: "404 until a change was proposed.",
      permission: "task.read",
      params: TaskParams,
      answers: { 200: EvidenceView },
    },
    async (deps, { scope, params }) => {
      const body = await deps.db.withTenant(scope, async (tx) => {
        const row = await changeSetOfTask(tx, params.task);
        return evidenceOf(row, await listEvidence(tx, row.id));
      });
      return { body };
    },
  ),
  route(
    {
      id: "listVerdicts",
      tag,
      method: "GET",
      path: `${base}/verdicts`,
      summary: "How critic and policy judged the task's changes, newest first",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject(PageQuery),
      answers: { 200: pageOf(VerdictView) },
    },
    async (deps, { scope, params, query }) => {
      const taskId = params.task;
      const body = await readPage(query, {
        filters: taskId,
        isKey: (text) => parseId("verdict", text) !== undefined,
        read: (input) =>
          deps.db.withTenant(scope, async (tx) => {
            if ((await findTaskRow(tx, taskId)) === undefined) throw missing();
            return listVerdictsOfTask(tx, { taskId, ...input });
          }),
        keyOf: ({ id }) => id,
        view: verdictOf,
      });
      return { body };
    },
  ),
];

/** @throws Refusal when the task is not there, or has no change yet */
async function changeSetOfTask(tx: TenantTx, id: TaskId) {
  const task = await findTaskRow(tx, id);
  const row = task?.changeSetId == null ? undefined : await findChangeSet(tx, { id: task.changeSetId });
  if (row === undefined) throw missing();
  return row;
}
