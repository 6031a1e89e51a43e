import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { actionsBot } from "../accounts/account.ts";
import { mintToken } from "../apps/token.ts";
import { searchPath } from "../env.ts";
import type { WorkflowJob, WorkflowStep } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { createLog, type JobLog } from "./commands.ts";
import { githubContext, jobEnvironment, runContext } from "./context.ts";
import { type Context, evaluate, type Functions, interpolate, truthy, type Value } from "./expression.ts";
import { killOrphans } from "./process.ts";
import { fetchActions } from "./resolve-action.ts";
import { runStep, type StepScene } from "./step.ts";
import type { JobFile, StepFile } from "./workflow.ts";

/** The GitHub App behind GITHUB_TOKEN. */
const ACTIONS_APP_ID = 15_368;

type JobResult = Extract<WorkflowJob["conclusion"], string>;

/** Runs a job's steps in fresh directories that are gone afterwards; the outcome is on the record. */
export async function runJob(
  world: World,
  job: WorkflowJob,
  file: JobFile,
  shared: { env: Record<string, string>; needs: Value; cancelled: AbortSignal },
): Promise<Record<string, string>> {
  const root = join(world.directory, "runners", String(job.id));
  const trackingId = `github_${randomUUID()}`;
  const log = createLog((line) => {
    job.log += `${line}\n`;
  });
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), file.timeoutMinutes * 60_000);
  const signal = AbortSignal.any([shared.cancelled, timeout.signal]);
  job.status = "in_progress";
  job.startedAt = world.now();
  grantTokens(world, job);
  let outputs: Record<string, string> = {};
  let failed = false;
  try {
    const scene = await setScene(world, job, { root, trackingId, log, env: {}, needs: shared.needs });
    scene.actions = await fetchActions(world, {
      repository: job.run.repository,
      uses: file.steps.flatMap(({ uses }) => uses ?? []),
      directory: join(root, "work", "_actions"),
    });
    for (const [key, value] of Object.entries({ ...shared.env, ...file.env })) {
      scene.env[key] = interpolate(value, scene.context());
    }
    for (const [index, step] of file.steps.entries()) {
      const record = job.steps[index];
      const ok: boolean = !record || (await advance(scene, step, record, { failed, signal }));
      failed ||= !ok;
    }
    for (const post of scene.posts.reverse()) failed = (await post()) !== 0 || failed;
    const context = scene.context();
    outputs = Object.fromEntries(
      Object.entries(file.outputs).map(([key, value]) => [key, interpolate(value, context)]),
    );
  } catch (error) {
    // A job that cannot be carried out fails with the reason in its log, as on a real runner.
    log.write(`::error::${error instanceof Error ? error.message : String(error)}`);
    failed = true;
  }
  clearTimeout(timer);
  await killOrphans(trackingId);
  revokeTokens(world, job);
  await rm(root, { recursive: true, force: true });
  job.status = "completed";
  job.completedAt = world.now();
  job.conclusion = conclude(shared.cancelled.aborted, timeout.signal.aborted, failed);
  return outputs;
}

function conclude(cancelled: boolean, timedOut: boolean, failed: boolean): JobResult {
  if (cancelled) return "cancelled";
  if (timedOut) return "timed_out";
  return failed ? "failure" : "success";
}

async function advance(
  scene: StepScene,
  file: StepFile,
  record: WorkflowStep,
  state: { failed: boolean; signal: AbortSignal },
): Promise<boolean> {
  const status: Functions = {
    success: () => !state.failed && !state.signal.aborted,
    failure: () => state.failed,
    cancelled: () => state.signal.aborted,
    always: () => true,
  };
  const { condition } = file;
  const asksStatus = /\b(success|failure|cancelled|always)\s*\(/.test(condition ?? "");
  const healthy = asksStatus || (!state.failed && !state.signal.aborted);
  const { world, log } = scene;
  if (!healthy || (condition !== undefined && !truthy(evaluate(condition, scene.context(), status)))) {
    record.status = "completed";
    record.conclusion = "skipped";
    return true;
  }
  record.status = "in_progress";
  record.startedAt = world.now();
  log.write(`##[group]${record.name}`);
  const limit = file.timeoutMinutes === undefined ? [] : [AbortSignal.timeout(file.timeoutMinutes * 60_000)];
  // A step that asked to run even now must not be ended by the signal that is already there.
  const signals = asksStatus && state.signal.aborted ? limit : [state.signal, ...limit];
  const code = await runStep(scene, file, record, AbortSignal.any(signals));
  if (code !== 0) log.write(`::error::Process completed with exit code ${code}.`);
  record.status = "completed";
  record.completedAt = world.now();
  record.conclusion = code === 0 ? "success" : state.signal.aborted ? "cancelled" : "failure";
  return code === 0;
}

async function setScene(
  world: World,
  job: WorkflowJob,
  given: { root: string; trackingId: string; log: JobLog; env: Record<string, string>; needs: Value },
): Promise<StepScene> {
  const { run } = job;
  const { name } = run.repository;
  const places = {
    home: join(given.root, "home"),
    workspace: join(given.root, "work", name, name),
    temp: join(given.root, "work", "_temp"),
    tools: join(given.root, "tools"),
    eventPath: join(given.root, "work", "_temp", "_github_workflow", "event.json"),
    trackingId: given.trackingId,
    path: `${dirname(process.execPath)}:${searchPath()}`,
  };
  for (const directory of [places.home, places.workspace, places.tools, dirname(places.eventPath)]) {
    await mkdir(directory, { recursive: true });
  }
  await writeFile(places.eventPath, JSON.stringify(run.payload, null, 2));
  for (const secret of [...run.repository.secrets.values(), job.token ?? ""]) given.log.mask(secret);
  const env = { ...given.env, ...jobEnvironment(world, job, places) };
  const base = runContext(world, run);
  const context = (): Context => ({
    ...base,
    github: {
      ...githubContext(world, run),
      token: job.token ?? "",
      job: job.key,
      workspace: places.workspace,
    },
    secrets: { ...Object.fromEntries(run.repository.secrets), GITHUB_TOKEN: job.token ?? "" },
    env: { ...env },
    needs: given.needs,
    job: { status: "success" },
    runner: {
      os: env.RUNNER_OS ?? "",
      arch: env.RUNNER_ARCH ?? "",
      temp: places.temp,
      tool_cache: places.tools,
      name: env.RUNNER_NAME ?? "",
    },
    steps: stepsContext(job),
  });
  return {
    world,
    job,
    log: given.log,
    workspace: places.workspace,
    temp: places.temp,
    env,
    context,
    actions: new Map(),
    posts: [],
  };
}

function stepsContext(job: WorkflowJob): Value {
  return Object.fromEntries(
    job.steps.flatMap((step) => {
      const conclusion = step.conclusion ?? "";
      const shown = { outputs: { ...step.outputs }, outcome: conclusion, conclusion };
      return step.id === undefined ? [] : [[step.id, shown]];
    }),
  );
}

function grantTokens(world: World, job: WorkflowJob): void {
  job.token = mintToken(ACTIONS_APP_ID);
  world.tokens.set(job.token, { kind: "job", job, account: actionsBot(world) });
  if (job.permissions.id_token === "write") job.oidcRequestToken = randomBytes(48).toString("base64url");
}

/** GITHUB_TOKEN and the identity end with the job. */
function revokeTokens(world: World, job: WorkflowJob): void {
  if (job.token) world.tokens.delete(job.token);
  job.oidcRequestToken = undefined;
}

/** The name a step shows when it has none of its own. */
export function stepName(step: StepFile): string {
  if (step.name !== undefined) return step.name;
  return step.uses === undefined ? `Run ${(step.run ?? "").split("\n")[0]}` : `Run ${step.uses}`;
}
