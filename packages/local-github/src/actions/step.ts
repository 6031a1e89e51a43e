import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkflowJob, WorkflowStep } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { inputEnvironment, readAction } from "./action.ts";
import { checkout } from "./checkout.ts";
import { type JobLog, parsePairs } from "./commands.ts";
import { type Context, interpolate } from "./expression.ts";
import { runProcess } from "./process.ts";
import { parseUses } from "./resolve-action.ts";
import { upload } from "./upload.ts";
import type { StepFile } from "./workflow.ts";

/** What a job's steps share and change as they run. */
export interface StepScene {
  world: World;
  job: WorkflowJob;
  log: JobLog;
  workspace: string;
  temp: string;
  /** Grows with GITHUB_ENV and GITHUB_PATH. */
  env: Record<string, string>;
  context: () => Context;
  /** By the text of `uses`: where the runner has put what the steps use. */
  actions: ReadonlyMap<string, string>;
  /** Post steps that actions asked for, run last-in first-out when the job ends. */
  posts: (() => Promise<number>)[];
}

const FILES = {
  GITHUB_OUTPUT: "output",
  GITHUB_ENV: "env",
  GITHUB_PATH: "path",
  GITHUB_STATE: "state",
  GITHUB_STEP_SUMMARY: "summary",
} as const;
type Files = Record<keyof typeof FILES, string>;

/** Runs one step to its exit code and takes in what it wrote to its files. Throws for what cannot be run here. */
export async function runStep(
  scene: StepScene,
  file: StepFile,
  record: WorkflowStep,
  signal: AbortSignal,
): Promise<number> {
  const text = (source: string) => interpolate(source, scene.context());
  const stepEnv = mapValues(file.env, text);
  const inputs = mapValues(file.with, text);
  if (file.run !== undefined) {
    const script = join(scene.temp, `${randomUUID()}.sh`);
    await writeFile(script, text(file.run));
    // GitHub adds pipefail only when bash is asked for by name.
    const flags = file.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
    const cwd = join(scene.workspace, file.workingDirectory ? text(file.workingDirectory) : "");
    return execute(scene, record, stepEnv, { file: "bash", args: [...flags, script], cwd, signal });
  }
  const uses = file.uses ?? "";
  const named = parseUses(uses);
  if (named?.repository === "actions/checkout") {
    const command = { cwd: scene.workspace, env: { ...scene.env, ...stepEnv }, log: scene.log, signal };
    return checkout(scene.world, scene.job, inputs, command);
  }
  if (named?.repository === "actions/upload-artifact") return upload(scene.world, scene.job, inputs, scene);
  // An action of the checkout is there once a step before has brought it.
  const directory = scene.actions.get(uses) ?? join(scene.workspace, uses);
  const { repository: name = "", ref: version = "" } = named ?? {};
  return runAction(scene, record, { name, version, directory, inputs, env: stepEnv, signal });
}

async function runAction(
  scene: StepScene,
  record: WorkflowStep,
  use: {
    name: string;
    version: string;
    directory: string;
    inputs: Record<string, string>;
    env: Record<string, string>;
    signal: AbortSignal;
  },
): Promise<number> {
  const action = await readAction(use.directory);
  const values: Record<string, string> = {};
  for (const [name, input] of Object.entries(action.inputs)) {
    values[name] = interpolate(input.default ?? "", scene.context());
  }
  for (const name of Object.keys(use.inputs)) {
    // GitHub warns here and goes on; the action never sees the value it was meant to get.
    if (!(name in action.inputs)) scene.log.write(`::warning::Unexpected input(s) '${name}'`);
  }
  const env = {
    ...use.env,
    ...inputEnvironment({ ...values, ...use.inputs }),
    GITHUB_ACTION: record.id ?? "__action",
    GITHUB_ACTION_PATH: use.directory,
    GITHUB_ACTION_REPOSITORY: use.name,
    GITHUB_ACTION_REF: use.version,
  };
  const state: Record<string, string> = {};
  const node = (main: string, more: Record<string, string>, signal: AbortSignal) =>
    execute(
      scene,
      record,
      { ...env, ...more },
      { file: process.execPath, args: [...scene.world.nodeArguments, main], cwd: scene.workspace, signal },
      state,
    );
  if (action.post !== undefined) {
    const post = action.post;
    scene.posts.push(() => {
      const saved = Object.fromEntries(Object.entries(state).map(([key, value]) => [`STATE_${key}`, value]));
      return node(post, saved, AbortSignal.timeout(60_000));
    });
  }
  return node(action.main, {}, use.signal);
}

async function execute(
  scene: StepScene,
  record: WorkflowStep,
  env: Record<string, string>,
  command: { file: string; args: string[]; cwd: string; signal: AbortSignal },
  state: Record<string, string> = {},
): Promise<number> {
  const files = await commandFiles(scene.temp);
  const code = await runProcess({ ...command, env: { ...scene.env, ...env, ...files }, log: scene.log });
  const read = (key: keyof Files) => readFile(files[key], "utf8");
  Object.assign(record.outputs, parsePairs(await read("GITHUB_OUTPUT")));
  Object.assign(scene.env, parsePairs(await read("GITHUB_ENV")));
  Object.assign(state, parsePairs(await read("GITHUB_STATE")));
  const added = (await read("GITHUB_PATH")).split("\n").filter(Boolean).reverse();
  if (added.length > 0) scene.env.PATH = [...added, scene.env.PATH ?? ""].join(":");
  scene.job.summary += await read("GITHUB_STEP_SUMMARY");
  return code;
}

async function commandFiles(temp: string): Promise<Files> {
  const directory = join(temp, "_runner_file_commands");
  await mkdir(directory, { recursive: true });
  const entries = Object.entries(FILES).map(
    ([key, name]) => [key, join(directory, `${name}_${randomUUID()}`)] as const,
  );
  await Promise.all(entries.map(([, path]) => writeFile(path, "")));
  return Object.fromEntries(entries) as Files;
}

function mapValues(
  values: Record<string, string>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
