import { type Need, repositoryRoute } from "../http/door.ts";
import { GitHubError, notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { ok, type Route } from "../http/route.ts";
import type { WorkflowRun } from "../world/run.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { dispatchRepository, dispatchWorkflow } from "./dispatch.ts";
import { findWorkflow, listWorkflows } from "./list.ts";
import { logAddress } from "./log.ts";
import { allJobs } from "./rerun.ts";
import { cancelRun } from "./run.ts";
import { artifactShape, jobShape, runShape, runUrl, runWebUrl, workflowShape } from "./shape.ts";

export const READ: Need = { app: ["actions:read"], user: "read" };
export const WRITE: Need = { app: ["actions:write"], user: "write" };
const DISPATCH: Need = { app: ["contents:write"], user: "write" };

export const actionRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/workflows", READ, async (call) => {
    const workflows = await listWorkflows(call.world, call.repository);
    const { items, headers } = paginate(call, workflows);
    const shapes = items.map((each) => workflowShape(call.world, call.repository, each));
    return ok({ total_count: workflows.length, workflows: shapes }, headers);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}", READ, async (call) => {
    const workflow = await findWorkflow(call.world, call.repository, call.params.workflow_id);
    return ok(workflowShape(call.world, call.repository, workflow));
  }),
  repositoryRoute(
    "post",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    WRITE,
    async (call) => {
      const { world, repository, actor, body } = call;
      const workflow = await findWorkflow(world, repository, call.params.workflow_id);
      const run = await dispatchWorkflow(world, repository, actor, {
        workflow,
        ref: body.ref,
        inputs: body.inputs ?? {},
      });
      const effect = `dispatched ${workflow.path} as run ${run.id}`;
      if (!body.return_run_details) return { status: 204, effect };
      const details = {
        workflow_run_id: run.id,
        run_url: runUrl(world, run),
        html_url: runWebUrl(world, run),
      };
      return { status: 200, body: details, effect };
    },
  ),
  repositoryRoute("post", "/repos/{owner}/{repo}/dispatches", DISPATCH, async (call) => {
    const { event_type: type, client_payload: clientPayload = {} } = call.body;
    const runs = await dispatchRepository(call.world, call.repository, call.actor, { type, clientPayload });
    return { status: 204, effect: `dispatched ${type}, which started ${runs.length} runs` };
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/runs", READ, (call) => {
    const all = runsOf(call.world, call.repository);
    return ok(
      ...page(
        call,
        all.filter((run) => selects(call.query, run)),
      ),
    );
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", READ, async (call) => {
    const workflow = await findWorkflow(call.world, call.repository, call.params.workflow_id);
    const all = runsOf(call.world, call.repository).filter((run) => run.workflow === workflow);
    return ok(
      ...page(
        call,
        all.filter((run) => selects(call.query, run)),
      ),
    );
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/runs/{run_id}", READ, (call) => {
    return ok(runShape(call.world, runOf(call.world, call.repository, call.params.run_id)));
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs", READ, (call) => {
    const { jobs } = runOf(call.world, call.repository, call.params.run_id);
    const { items, headers } = paginate(call, jobs);
    return ok({ total_count: jobs.length, jobs: items.map((job) => jobShape(call.world, job)) }, headers);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", READ, (call) => {
    const run = runOf(call.world, call.repository, call.params.run_id);
    const artifacts = run.jobs.flatMap((job) => job.artifacts);
    const { items, headers } = paginate(call, artifacts);
    const shapes = items.map((each) => artifactShape(call.world, run, each));
    return ok({ total_count: artifacts.length, artifacts: shapes }, headers);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/jobs/{job_id}", READ, (call) => {
    const jobs = runsOf(call.world, call.repository).flatMap(allJobs);
    const job = jobs.find((each) => each.id === call.params.job_id);
    if (!job) throw notFound();
    return ok(jobShape(call.world, job));
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs", READ, (call) => {
    const jobs = runsOf(call.world, call.repository).flatMap(allJobs);
    const job = jobs.find((each) => each.id === call.params.job_id);
    // The log of a job that still runs is not kept yet.
    if (job?.status !== "completed") throw notFound();
    return { status: 302, headers: { location: logAddress(call.world, job) } };
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel", WRITE, (call) => {
    const run = runOf(call.world, call.repository, call.params.run_id);
    if (run.status === "completed")
      throw new GitHubError(409, "Cannot cancel a workflow run that is completed.");
    cancelRun(run, call.actor.account);
    return { status: 202, body: {}, effect: `cancelled run ${run.id}` };
  }),
];

/** Newest first, as GitHub lists them. */
export function runsOf(world: World, repository: Repository): WorkflowRun[] {
  return [...world.runs.values()].filter((run) => run.repository === repository).reverse();
}

export function runOf(world: World, repository: Repository, id: number): WorkflowRun {
  const run = world.runs.get(id);
  if (run?.repository !== repository) throw notFound();
  return run;
}

function page(
  call: { world: World; url: string; query: { page?: number | undefined; per_page?: number | undefined } },
  runs: readonly WorkflowRun[],
): [body: unknown, headers: Record<string, string>] {
  const { items, headers } = paginate(call, runs);
  return [
    { total_count: runs.length, workflow_runs: items.map((run) => runShape(call.world, run)) },
    headers,
  ];
}

interface Filter {
  event?: string | undefined;
  status?: string | undefined;
  branch?: string | undefined;
  actor?: string | undefined;
  head_sha?: string | undefined;
  created?: string | undefined;
}

function selects(query: Filter, run: WorkflowRun): boolean {
  if (query.event && run.event !== query.event) return false;
  if (query.status && query.status !== run.status && query.status !== run.conclusion) return false;
  if (query.branch && run.ref !== `refs/heads/${query.branch}`) return false;
  if (query.actor && run.actor.login !== query.actor) return false;
  if (query.head_sha && run.sha !== query.head_sha) return false;
  return createdIn(query.created, run.createdAt);
}

/** `>=2026-01-01`, `2026-01-01..2026-01-02` or a day. */
function createdIn(range: string | undefined, at: string): boolean {
  if (!range) return true;
  const [from = "", to] = range.split("..");
  if (to !== undefined) return at >= from && at.slice(0, to.length) <= to;
  const match = /^(>=|<=|>|<)?(.*)$/.exec(range);
  const day = match?.[2] ?? "";
  const mine = at.slice(0, Math.max(day.length, 10));
  if (match?.[1] === ">=") return mine >= day;
  if (match?.[1] === "<=") return mine <= day;
  if (match?.[1] === ">") return mine > day;
  return match?.[1] === "<" ? mine < day : mine === day;
}
