import { type Need, repositoryRoute } from "../http/door.ts";
import { GitHubError, notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { ok, type Reply, type Route } from "../http/route.ts";
import type { Account } from "../world/account.ts";
import type { WorkflowRun } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { findWorkflow } from "./list.ts";
import { allJobs, attemptOf, rerun } from "./rerun.ts";
import { READ, runOf, runsOf, WRITE } from "./routes.ts";
import { cancelRun } from "./run.ts";
import { annotationShape, jobShape, runShape } from "./shape.ts";

const CHECKS: Need = { app: ["checks:read"], user: "read" };

/** Running again, and looking at what was before; switching workflows off and on. */
export const rerunRoutes: Route[] = [
  repositoryRoute("post", "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun", WRITE, (call) => {
    return again(call, runOf(call.world, call.repository, call.params.run_id), "all");
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs", WRITE, (call) => {
    return again(call, runOf(call.world, call.repository, call.params.run_id), "failed");
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel", WRITE, (call) => {
    const run = runOf(call.world, call.repository, call.params.run_id);
    if (run.status === "completed") {
      throw new GitHubError(409, "Cannot cancel a workflow run that is completed.");
    }
    cancelRun(run, call.actor.account);
    return { status: 202, body: {}, effect: `cancelled run ${run.id}` };
  }),
  repositoryRoute(
    "get",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}",
    READ,
    (call) => {
      const run = runOf(call.world, call.repository, call.params.run_id);
      const attempt = attemptOf(run, call.params.attempt_number);
      if (!attempt) throw notFound();
      return ok(runShape(call.world, attempt));
    },
  ),
  repositoryRoute(
    "get",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs",
    READ,
    (call) => {
      const run = runOf(call.world, call.repository, call.params.run_id);
      const attempt = attemptOf(run, call.params.attempt_number);
      if (!attempt) throw notFound();
      const { items, headers } = paginate(call, attempt.jobs);
      const jobs = items.map((job) => jobShape(call.world, job));
      return ok({ total_count: attempt.jobs.length, jobs }, headers);
    },
  ),
  repositoryRoute(
    "put",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/disable",
    WRITE,
    async (call) => {
      const workflow = await findWorkflow(call.world, call.repository, call.params.workflow_id);
      call.repository.workflowStates.set(workflow.path, "disabled_manually");
      return { status: 204, effect: `disabled ${workflow.path}` };
    },
  ),
  repositoryRoute(
    "put",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable",
    WRITE,
    async (call) => {
      const workflow = await findWorkflow(call.world, call.repository, call.params.workflow_id);
      call.repository.workflowStates.set(workflow.path, "active");
      return { status: 204, effect: `enabled ${workflow.path}` };
    },
  ),
  repositoryRoute("get", "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", CHECKS, (call) => {
    const id = call.params.check_run_id;
    // A job is also a check run of GitHub's own App, under the same id.
    const job = runsOf(call.world, call.repository)
      .flatMap(allJobs)
      .find((each) => each.id === id);
    const check = call.world.checkRuns.get(id);
    if (!job && check?.repository !== call.repository) throw notFound();
    const all = job
      ? job.annotations.map((each) => annotationShape(call.world, job, each))
      : (check?.annotations ?? []);
    const { items, headers } = paginate(call, all);
    return ok(items, headers);
  }),
];

function again(
  call: { world: World; actor: { account: Account } },
  run: WorkflowRun,
  which: "all" | "failed",
): Reply {
  rerun(call.world, run, call.actor.account, which);
  return { status: 201, body: {}, effect: `ran ${run.id} again, attempt ${run.attempt}` };
}
