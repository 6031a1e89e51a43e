import { exact, isSafeBranch } from "@aicd/core";
import { z } from "zod";
import { Refusal } from "../../http/problems/problems.ts";
import { route } from "../../http/route.ts";
import { actOnTask, askForTask } from "../act-on-task.ts";
import { idOf, OrgParams } from "../shapes/common.ts";
import { TaskView } from "../shapes/tasks.ts";
import { TaskParams } from "./tasks.ts";

const tag = "Tasks";
const base = "/v1/organizations/{org}/tasks";
const permission = "task.write";
const problems = ["conflict" as const];
const text = z.string().max(20_000);
const flags = {
  model: exact(200).min(1).optional(),
  budgetUsd: z.number().positive().max(1_000).optional().describe("Hard stop, in dollars."),
  base: z
    .string()
    .max(200)
    .refine(isSafeBranch, "not the name of a branch")
    .optional()
    .describe("Branch to start from; the default branch when left out."),
};

export const taskActions = [
  route(
    {
      id: "createTask",
      tag,
      method: "POST",
      path: base,
      summary: "Start work on an issue",
      description:
        "The same as putting the label on it: the caller must be able to write to the repository on GitHub. 200 when a task that had FAILED was taken up again.",
      permission,
      params: OrgParams,
      body: z.strictObject({
        repository: idOf("repository"),
        issueNumber: z.int().min(1).max(2_147_483_647),
        mode: z.enum(["wait", "auto"]).optional().describe("`wait` when left out."),
        text: text.optional().describe("Guidance beyond what the issue says."),
        ...flags,
      }),
      answers: { 201: TaskView, 200: TaskView },
      problems,
    },
    async (deps, call) => {
      const { repository, issueNumber, mode = "wait", text: wish = "", ...given } = call.body;
      return askForTask(deps, call, {
        repositoryId: repository,
        intent: (spoken) => ({
          ...spoken,
          type: "task.requested",
          issueNumber,
          mode,
          text: wish,
          flags: given,
        }),
        answer: ({ done, task }) => ({
          status: done === "task.queued" ? 201 : 200,
          body: task,
          headers: { location: `/v1/organizations/${call.scope.tenantId}/tasks/${task.id}` },
        }),
      });
    },
  ),
  route(
    {
      id: "approvePlan",
      tag,
      method: "POST",
      path: `${base}/{task}/approve`,
      summary: "Approve this very plan, or this very blocked change",
      permission,
      params: TaskParams,
      body: z.strictObject({ hash: z.string().regex(/^[0-9a-f]{12}$/) }),
      answers: { 200: TaskView },
      problems,
    },
    async (deps, call) => {
      const { hash } = call.body;
      return actOnTask(deps, call, (spoken) => ({ ...spoken, type: "plan.approved", hash }));
    },
  ),
  route(
    {
      id: "reviseTask",
      tag,
      method: "POST",
      path: `${base}/{task}/revise`,
      summary: "Ask for another plan, or answer a question",
      permission,
      params: TaskParams,
      body: z.strictObject({ text: text.min(1) }),
      answers: { 200: TaskView },
      problems,
    },
    async (deps, call) => {
      if (call.body.text.trim() === "") throw new Refusal("invalid", "Say what is to change.");
      const said = call.body.text;
      return actOnTask(deps, call, (spoken) => ({
        ...spoken,
        type: "plan.revised",
        text: said,
      }));
    },
  ),
  route(
    {
      id: "cancelTask",
      tag,
      method: "POST",
      path: `${base}/{task}/cancel`,
      summary: "Stop it",
      permission,
      params: TaskParams,
      body: z.strictObject({ reason: z.string().min(1).max(500).optional() }).optional(),
      answers: { 200: TaskView },
      problems,
    },
    async (deps, call) => {
      const reason = call.body?.reason ?? "cancelled through the API";
      return actOnTask(deps, call, (spoken) => ({
        ...spoken,
        type: "task.cancelled",
        reason,
      }));
    },
  ),
  route(
    {
      id: "retryTask",
      tag,
      method: "POST",
      path: `${base}/{task}/retry`,
      summary: "Try again what FAILED or was BLOCKED",
      description:
        "What only failed to be published is published, and not paid for again. With `partial` nothing more is written either: what there is becomes a draft pull request that says it is unfinished.",
      permission,
      params: TaskParams,
      body: z
        .strictObject({
          text: text.optional(),
          ...flags,
          partial: z.boolean().optional().describe("Publish the unfinished work as it is."),
        })
        .optional(),
      answers: { 200: TaskView },
      problems,
    },
    async (deps, call) => {
      const { text: wish = "", partial = false, ...given } = call.body ?? {};
      return actOnTask(deps, call, (spoken) => ({
        ...spoken,
        type: "retry.requested",
        text: wish,
        flags: given,
        partial,
      }));
    },
  ),
];
