import { isSelfHosted, runnerFor } from "../runners/match.ts";
import { announce, isHeard } from "../webhooks/announce.ts";
import type { Account } from "../world/account.ts";
import type { WorkflowJob, WorkflowRun } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { runContext } from "./context.ts";
import { interpolate, type Value } from "./expression.ts";
import { runJob, stepName } from "./job.ts";
import { parseWorkflow } from "./parse-workflow.ts";
import { jobShape, runShape, workflowShape } from "./shape.ts";
import { joinQueue, leaveQueue } from "./turn.ts";
import type { WorkflowFile } from "./workflow.ts";

/** Read access to the code and nothing else, as new repositories are set up. */
const DEFAULT_PERMISSIONS = { contents: "read", packages: "read" } as const;

/**
 * Starts a run that has been recorded; it goes on by itself and settles in `world.pendingRuns`. Jobs that are kept
 * from an earlier attempt are not run again.
 */
export function startRun(world: World, run: WorkflowRun, kept = new Map<string, WorkflowJob>()): void {
  const done = carryOut(world, run, kept).finally(() => world.pendingRuns.delete(run.id));
  world.pendingRuns.set(run.id, done);
}

/** Ends a run in somebody's name, or nobody's. */
export function cancelRun(run: WorkflowRun, by?: Account): void {
  run.cancelledBy = by;
  run.cancelled.abort();
}

async function carryOut(
  world: World,
  run: WorkflowRun,
  kept: ReadonlyMap<string, WorkflowJob>,
): Promise<void> {
  // docs.github.com "Webhook events and payloads", workflow_run: `requested` "doesn't occur when a workflow is re-run".
  if (run.attempt === 1) tell(world, run, "requested");
  let file: WorkflowFile;
  try {
    file = parseWorkflow(run.source);
    planJobs(world, run, file);
    for (const job of run.jobs) keepResult(job, kept.get(job.key));
  } catch (error) {
    // What the subset cannot run fails as a run, where a person will look for it.
    run.problem = error instanceof Error ? error.message : String(error);
    finish(world, run, "startup_failure");
    return;
  }
  const place = file.concurrency && joinQueue(world, run, file.concurrency);
  await place?.turn;
  try {
    await runner(world, run);
    if (run.cancelled.signal.aborted) {
      for (const job of run.jobs) skip(world, job, "cancelled");
      finish(world, run, "cancelled");
      return;
    }
    if (world.switches.minutesUsedUp.has(run.repository.owner.id)) {
      for (const job of run.jobs) refuseJob(world, job);
      finish(world, run, "failure");
      return;
    }
    run.status = "in_progress";
    run.startedAt = world.now();
    tell(world, run, "in_progress");
    await runJobs(world, run, file);
    finish(world, run, conclusionOf(run));
  } finally {
    if (place) leaveQueue(world, run, place.group);
  }
}

function planJobs(world: World, run: WorkflowRun, file: WorkflowFile): void {
  const context = runContext(world, run);
  if (file.runName !== undefined) run.displayTitle = interpolate(file.runName, context);
  run.jobs = Object.entries(file.jobs).map(([key, job]) => {
    const lost = job.needs.find((each) => !(each in file.jobs));
    if (lost) throw new Error(`jobs.${key} needs "${lost}", which is not a job of this workflow`);
    return {
      ...world.mint("job"),
      run,
      key,
      name: interpolate(job.name ?? key, context),
      labels: job.runsOn.map((label) => interpolate(label, context)),
      status: "queued",
      conclusion: null,
      createdAt: world.now(),
      startedAt: null,
      completedAt: null,
      steps: job.steps.map((step, index) => ({
        number: index + 1,
        id: step.id,
        name: stepName(step),
        status: "queued",
        conclusion: null,
        startedAt: null,
        completedAt: null,
        outputs: {},
      })),
      log: "",
      summary: "",
      outputs: {},
      runner: undefined,
      artifacts: [],
      annotations: [],
      permissions: { metadata: "read", ...(job.permissions ?? file.permissions ?? DEFAULT_PERMISSIONS) },
      token: undefined,
      oidcRequestToken: undefined,
    };
  });
}

/** Every job starts as soon as the jobs it needs are over. */
async function runJobs(world: World, run: WorkflowRun, file: WorkflowFile): Promise<void> {
  const started = new Map<string, Promise<void>>();
  function start(job: WorkflowJob): Promise<void> {
    const known = started.get(job.key);
    if (known) return known;
    if (job.status === "completed") return Promise.resolve();
    const own = file.jobs[job.key];
    if (!own) throw new Error(`the workflow has no job ${job.key}`);
    const needed = run.jobs.filter((each) => own.needs.includes(each.key));
    const promise = Promise.all(needed.map(start)).then(async () => {
      if (run.cancelled.signal.aborted) return skip(world, job, "cancelled");
      if (needed.some((each) => each.conclusion !== "success")) return skip(world, job, "skipped");
      const needs: Value = Object.fromEntries(
        needed.map((each) => [each.key, { result: each.conclusion ?? "", outputs: each.outputs }]),
      );
      const { signal: cancelled } = run.cancelled;
      tellJob(world, job, "queued");
      const machine = isSelfHosted(job) ? await runnerFor(world, job, cancelled) : undefined;
      if (cancelled.aborted) skip(world, job, "cancelled");
      else {
        const signals = machine === undefined ? [cancelled] : [cancelled, machine.gone.signal];
        const shared = { env: file.env, needs, cancelled: AbortSignal.any(signals) };
        const work = runJob(world, job, own, shared);
        tellJob(world, job, "in_progress");
        job.outputs = await work;
        if (machine !== undefined) {
          world.runners.all.delete(machine.id);
          machine.over.resolve();
          // docs.github.com: a runner that loses its connection fails its job, it does not cancel it.
          if (machine.gone.signal.aborted && !cancelled.aborted) job.conclusion = "failure";
        }
      }
      tellJob(world, job, "completed");
    });
    started.set(job.key, promise);
    return promise;
  }
  await Promise.all(run.jobs.map(start));
}

/** Settles when a runner may take the jobs, or when nobody needs one any more. */
async function runner(world: World, run: WorkflowRun): Promise<void> {
  const held = world.switches.runnersHeld;
  const { signal } = run.cancelled;
  if (!held || held.let.has(run.id) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    held.waiting.set(run.id, resolve);
    held.oneMore.resolve();
    held.oneMore = Promise.withResolvers();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  held.waiting.delete(run.id);
}

function keepResult(job: WorkflowJob, before: WorkflowJob | undefined): void {
  if (!before) return;
  const { status, conclusion, startedAt, completedAt, steps, log, summary, outputs } = before;
  Object.assign(job, { status, conclusion, startedAt, completedAt, steps, log, summary, outputs });
}

/** docs.github.com "About billing for GitHub Actions": without minutes no job starts, and each says so. */
function refuseJob(world: World, job: WorkflowJob): void {
  skip(world, job, "skipped");
  job.conclusion = "failure";
  job.steps = [];
  job.annotations.push(
    "The job was not started because recent account payments have failed or your spending limit needs to be increased. Please check the 'Billing & plans' section in your settings",
  );
}

function skip(world: World, job: WorkflowJob, conclusion: "cancelled" | "skipped"): void {
  job.status = "completed";
  job.conclusion = conclusion;
  job.completedAt = world.now();
  for (const step of job.steps) Object.assign(step, { status: "completed", conclusion: "skipped" });
}

function conclusionOf(run: WorkflowRun): NonNullable<WorkflowRun["conclusion"]> {
  const results = new Set(run.jobs.map((job) => job.conclusion));
  for (const worse of ["cancelled", "timed_out", "failure"] as const) {
    if (results.has(worse)) return worse === "timed_out" ? "failure" : worse;
  }
  return "success";
}

function finish(world: World, run: WorkflowRun, conclusion: NonNullable<WorkflowRun["conclusion"]>): void {
  run.status = "completed";
  run.conclusion = conclusion;
  tell(world, run, "completed");
}

function tellJob(world: World, job: WorkflowJob, action: "queued" | "in_progress" | "completed"): void {
  const { repository, triggeringActor } = job.run;
  if (!isHeard(world, repository, "workflow_job")) return;
  announce(world, {
    event: "workflow_job",
    action,
    repository,
    sender: triggeringActor,
    payload: { workflow_job: jobShape(world, job) },
  });
}

function tell(world: World, run: WorkflowRun, action: "requested" | "in_progress" | "completed"): void {
  run.updatedAt = world.now();
  world.events.emit("run", run);
  announce(world, {
    event: "workflow_run",
    action,
    repository: run.repository,
    sender: (action === "completed" ? run.cancelledBy : undefined) ?? run.triggeringActor,
    payload: {
      workflow_run: runShape(world, run),
      workflow: workflowShape(world, run.repository, run.workflow),
    },
  });
}
