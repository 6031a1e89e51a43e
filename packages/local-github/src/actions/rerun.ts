import { GitHubError } from "../http/errors.ts";
import type { Account } from "../world/account.ts";
import type { WorkflowJob, WorkflowRun } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { startRun } from "./run.ts";

/**
 * Runs again under the same id with the next `run_attempt`; what was keeps its place in `earlier`. With `failed` the
 * jobs that succeeded keep their results. docs.github.com "Re-running workflows and jobs".
 */
export function rerun(world: World, run: WorkflowRun, actor: Account, which: "all" | "failed"): void {
  if (run.status !== "completed") throw new GitHubError(403, "This workflow is already running");
  const kept = which === "failed" ? run.jobs.filter((job) => job.conclusion === "success") : [];
  run.earlier.push({ ...run });
  Object.assign(run, {
    attempt: run.attempt + 1,
    status: "queued",
    conclusion: null,
    triggeringActor: actor,
    cancelledBy: undefined,
    startedAt: world.now(),
    problem: undefined,
    jobs: [],
    cancelled: new AbortController(),
  } satisfies Partial<WorkflowRun>);
  startRun(world, run, new Map(kept.map((job) => [job.key, job])));
}

/** The run as it was in one of its attempts; undefined when there was no such attempt. */
export function attemptOf(run: WorkflowRun, attempt: number): WorkflowRun | undefined {
  return attempt === run.attempt ? run : run.earlier.find((each) => each.attempt === attempt);
}

/** Every job there ever was, of every attempt. */
export function allJobs(run: WorkflowRun): WorkflowJob[] {
  return [...run.earlier, run].flatMap((each) => each.jobs);
}
