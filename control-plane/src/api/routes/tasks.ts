import { exact, parseId } from "@aicd/core";
import { findPlan, findTaskDetail, findTaskRow, listEvents, listPlans, listTasks } from "@aicd/db";
import { z } from "zod";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { missing } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { followTask } from "../events/follow.ts";
import { followTasks } from "../events/follow-list.ts";
import { idOf, OrgParams, several } from "../shapes/common.ts";
import {
  EventView,
  eventOf,
  PlanView,
  planOf,
  summaryOf,
  TaskChanges,
  TaskState,
  TaskSummary,
  TaskView,
  taskOf,
} from "../shapes/tasks.ts";

const tag = "Tasks";
export const TaskParams = OrgParams.extend({ task: idOf("task") });
const base = "/v1/organizations/{org}/tasks";
const moment = z.iso.datetime({ offset: true });
const isTask = (text: string) => parseId("task", text) !== undefined;
const isEvent = (text: string) => parseId("event", text) !== undefined;

export const taskRoutes = [
  route(
    {
      id: "listTasks",
      tag,
      method: "GET",
      path: base,
      summary: "Tasks, newest first",
      permission: "task.read",
      params: OrgParams,
      query: z.strictObject({
        ...PageQuery,
        state: several(TaskState).optional().describe("Only these states."),
        repository: idOf("repository").optional(),
        author: exact(100).min(1).optional().describe("GitHub login of who asked."),
        text: exact(200)
          .min(1)
          .optional()
          .describe("Part of the issue's title, in any case of letters, or its number."),
        createdFrom: moment.optional(),
        createdTo: moment.optional().describe("Not included."),
      }),
      answers: { 200: pageOf(TaskSummary) },
    },
    async (deps, { scope, query }) => {
      const { limit, cursor, ...asked } = query;
      const filters = {
        states: asked.state,
        repositoryId: asked.repository,
        author: asked.author,
        text: asked.text,
        createdFrom: asked.createdFrom === undefined ? undefined : new Date(asked.createdFrom),
        createdTo: asked.createdTo === undefined ? undefined : new Date(asked.createdTo),
      };
      const body = await readPage(
        { limit, cursor },
        {
          filters: asked,
          isKey: isTask,
          read: (input) => deps.db.withTenant(scope, (tx) => listTasks(tx, { filters, ...input })),
          keyOf: ({ id }) => id,
          view: (row) => summaryOf(row, deps.serverUrl),
        },
      );
      return { body };
    },
  ),
  route(
    {
      id: "streamTasks",
      tag,
      method: "GET",
      path: `${base}/stream`,
      summary: "Tasks that change, as server-sent events",
      description:
        "For a list that is kept up to date: each message has changed tasks as they are now, and the first one of every connection says that the list is to be read. A comment comes every 15 s. The stream ends when the caller may no longer read tasks.",
      permission: "task.read",
      params: OrgParams,
      answers: { 200: TaskChanges },
      media: "text/event-stream",
    },
    (deps, call) => followTasks(deps, call),
  ),
  route(
    {
      id: "getTask",
      tag,
      method: "GET",
      path: `${base}/{task}`,
      summary: "One task with its attempts",
      permission: "task.read",
      params: TaskParams,
      answers: { 200: TaskView },
    },
    async (deps, { scope, params }) => {
      const found = await deps.db.withTenant(scope, (tx) => findTaskDetail(tx, params.task));
      if (found === undefined) throw missing();
      return { body: taskOf(found, deps.serverUrl) };
    },
  ),
  route(
    {
      id: "getPlan",
      tag,
      method: "GET",
      path: `${base}/{task}/plan`,
      summary: "The plan on the table",
      description: "404 until one was proposed.",
      permission: "task.read",
      params: TaskParams,
      answers: { 200: PlanView },
    },
    async (deps, { scope, params }) => {
      const plan = await deps.db.withTenant(scope, async (tx) => {
        const row = await findTaskRow(tx, params.task);
        return row?.planId == null ? undefined : findPlan(tx, row.planId);
      });
      if (plan === undefined) throw missing();
      return { body: planOf(plan) };
    },
  ),
  route(
    {
      id: "listPlans",
      tag,
      method: "GET",
      path: `${base}/{task}/plans`,
      summary: "All plans of a task, newest first",
      description:
        "The first is the one on the table; those that were revised, or whose ground moved, are void.",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject(PageQuery),
      answers: { 200: pageOf(PlanView) },
    },
    async (deps, { scope, params, query }) => {
      const taskId = params.task;
      const body = await readPage(query, {
        filters: taskId,
        isKey: (text) => parseId("plan", text) !== undefined,
        read: (input) =>
          deps.db.withTenant(scope, async (tx) => {
            if ((await findTaskRow(tx, taskId)) === undefined) throw missing();
            return listPlans(tx, { taskId, ...input });
          }),
        keyOf: ({ id }) => id,
        view: planOf,
      });
      return { body };
    },
  ),
  route(
    {
      id: "listEvents",
      tag,
      method: "GET",
      path: `${base}/{task}/events`,
      summary: "What happened to a task, oldest first",
      permission: "task.read",
      params: TaskParams,
      query: z.strictObject(PageQuery),
      answers: { 200: pageOf(EventView) },
    },
    async (deps, { scope, params, query }) => {
      const taskId = params.task;
      const body = await readPage(query, {
        filters: taskId,
        isKey: isEvent,
        read: (input) =>
          deps.db.withTenant(scope, async (tx) => {
            if ((await findTaskRow(tx, taskId)) === undefined) throw missing();
            return listEvents(tx, { taskId, ...input });
          }),
        keyOf: ({ id }) => id,
        view: eventOf,
      });
      return { body };
    },
  ),
  route(
    {
      id: "streamEvents",
      tag,
      method: "GET",
      path: `${base}/{task}/events/stream`,
      summary: "What happens to a task, as server-sent events",
      description:
        "All events from the first on, then each as it happens. After a cut, `Last-Event-ID` goes on where it was; every event is sent at least once. A comment comes every 15 s. The stream ends when the task is over (MERGED, CLOSED or CANCELLED), or when the caller may no longer read it; 204 says to who comes back that nothing more will come.",
      permission: "task.read",
      params: TaskParams,
      answers: { 200: EventView, 204: undefined },
      media: "text/event-stream",
      resumes: true,
    },
    (deps, call) => followTask(deps, call),
  ),
];
