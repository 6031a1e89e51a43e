import { parseId } from "@aicd/core";
import { findTaskRow, listEvidence, listVerdictsOfTask } from "@aicd/db";
import { z } from "zod";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { missing } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { EvidenceView, evidenceOf, VerdictView, verdictOf } from "../shapes/evidence.ts";
import { ChangeQuery, changeSetOfTask } from "./changes.ts";
import { TaskParams } from "./tasks.ts";

const tag = "Tasks";
const base = "/v1/organizations/{org}/tasks/{task}";

export const evidenceRoutes = [
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
      query: z.strictObject(ChangeQuery),
      answers: { 200: EvidenceView },
    },
    async (deps, { scope, params, query }) => {
      const body = await deps.db.withTenant(scope, async (tx) => {
        const row = await changeSetOfTask(tx, params.task, query.changeSet);
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
