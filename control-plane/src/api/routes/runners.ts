import { LIVE_ATTEMPT_STATES, PHASES, parseId } from "@aicd/core";
import { type LiveAttempt, listLiveAttempts } from "@aicd/db";
import { z } from "zod";
import { PageQuery, pageOf, readPage } from "../../http/page.ts";
import { route } from "../../http/route.ts";
import { idOf, OrgParams, Time, timeOf } from "../shapes/common.ts";

const RunnerView = z
  .object({
    attemptId: idOf("attempt"),
    taskId: idOf("task"),
    repository: z.object({ id: idOf("repository"), owner: z.string(), name: z.string() }),
    issueNumber: z.int(),
    number: z.int().describe("Which attempt of its task it is."),
    phase: z.enum(PHASES),
    state: z.enum(LIVE_ATTEMPT_STATES).describe("`leased`: a runner is at work."),
    stopping: z.boolean().describe("It was told to stop and will with its next heartbeat."),
    runUrl: z.string().nullable().describe("The workflow run on GitHub, once known."),
    dispatchedAt: Time.nullable(),
    leaseUntil: Time.nullable().describe("Silent past this, the runner is taken for lost."),
    createdAt: Time,
  })
  .meta({ id: "Runner" });

export const runnerRoutes = [
  route(
    {
      id: "listRunners",
      tag: "Runners",
      method: "GET",
      path: "/v1/organizations/{org}/runners",
      summary: "Runners at work or on their way, newest first",
      permission: "runner.read",
      params: OrgParams,
      query: z.strictObject(PageQuery),
      answers: { 200: pageOf(RunnerView) },
    },
    async (deps, { scope, query }) => {
      const body = await readPage(query, {
        filters: "live",
        isKey: (text) => parseId("attempt", text) !== undefined,
        read: (input) => deps.db.withTenant(scope, (tx) => listLiveAttempts(tx, input)),
        keyOf: ({ id }) => id,
        view: (row) => runnerOf(row, deps.serverUrl),
      });
      return { body };
    },
  ),
];

function runnerOf(row: LiveAttempt, serverUrl: string): z.infer<typeof RunnerView> {
  const { owner, name } = row;
  return {
    attemptId: row.id,
    taskId: row.taskId,
    repository: { id: row.repositoryId, owner, name },
    issueNumber: row.issueNumber,
    number: row.number,
    phase: row.phase,
    state: row.state as (typeof LIVE_ATTEMPT_STATES)[number],
    stopping: row.stopping,
    runUrl: row.runId === null ? null : `${serverUrl}/${owner}/${name}/actions/runs/${row.runId}`,
    dispatchedAt: timeOf(row.dispatchedAt),
    leaseUntil: timeOf(row.leaseUntil),
    createdAt: timeOf(row.createdAt),
  };
}
