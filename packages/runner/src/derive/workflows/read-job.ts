import { type Class, classify } from "../classify.ts";
import type { Machine, Repository } from "../plan.ts";
import { join, statements, withEnv } from "../shell.ts";
import { commandOf } from "./actions.ts";
import { type Context, fill, holds } from "./expressions.ts";
import { type Row, rowsOf } from "./matrix.ts";
import { asRecord, type Job, readAction, type Step, type Workflow } from "./read-workflow.ts";

export type Line = Class & { run: string; directory: string };
/** `left`: statements that are not run here, and why. */
export type ReadJob = {
  /** Prepares a Python that pip is meant to install into. */
  isPython: boolean;
  workflow: string;
  job: Job;
  /** What expressions are in the first row of the matrix that is taken. */
  context: Context;
  lines: Line[];
  left: { run: string; why: string }[];
};

/** What a job runs, filled in for one row of its matrix; undefined where it is not for Linux or for changes. */
export function readJob(
  repository: Repository,
  workflow: Workflow,
  job: Job,
  machine: Machine,
): ReadJob | undefined {
  const rows = rowsOf(job.strategy, machine, axesOfPlaces(job));
  const read: ReadJob = { workflow: workflow.path, job, context: {}, isPython: false, lines: [], left: [] };
  let any = false;
  for (const row of rows) {
    const context = contextOf(workflow, job, row);
    if (!holds(job.if, context) && !/needs\.|github\.(?:repository|ref|actor|event)/.test(String(job.if)))
      continue;
    if (!runsOnLinux(job.runsOn, context)) continue;
    if (!any) read.context = context;
    any = true;
    for (const step of job.steps)
      readStep({ repository, read, context, depth: 0, env: {} }, step, job.directory);
  }
  return any ? read : undefined;
}

/** Axes that say where a step works: each value is another part of the repository. */
function axesOfPlaces({ steps, directory }: Job): Set<string> {
  const places = [
    directory,
    ...steps.map((step) => step["working-directory"] ?? ""),
    ...steps.flatMap(({ run = "" }) => run.match(/^\s*cd .*$/gm) ?? []),
  ];
  return new Set(
    places.flatMap((place) => [...String(place).matchAll(/matrix\.([\w-]+)/g)].map(([, name = ""]) => name)),
  );
}

function contextOf(workflow: Workflow, job: Job, row: Row): Context {
  const context: Record<string, unknown> = {
    "runner.os": "Linux",
    "runner.arch": "X64",
    "runner.temp": "/tmp",
    "github.event_name": "pull_request",
    "github.workspace": ".",
    "strategy.job-index": 0,
  };
  for (const [key, value] of Object.entries(row)) {
    context[`matrix.${key}`] = value;
    for (const [inner, part] of Object.entries(asRecord(value))) context[`matrix.${key}.${inner}`] = part;
  }
  for (const [key, value] of Object.entries(job.inputs)) context[`inputs.${key}`] = value;
  for (const [key, value] of Object.entries({ ...workflow.env, ...job.env })) {
    const filled = fill(String(value ?? ""), context);
    if (filled !== undefined) context[`env.${key}`] = filled;
  }
  return context;
}

function runsOnLinux(runsOn: unknown, context: Context): boolean {
  const text = typeof runsOn === "string" ? runsOn : JSON.stringify(runsOn ?? "");
  const filled = fill(text, context) ?? "";
  return !/windows|macos|\bmac\b|-arm\b|arm64/i.test(filled);
}

type Reading = {
  repository: Repository;
  read: ReadJob;
  context: Context;
  depth: number;
  env: Record<string, unknown>;
};

function readStep(reading: Reading, step: Step, directory: string): void {
  const { context, read } = reading;
  if (!holds(step.if, context)) return;
  if (step.uses !== undefined) readUse(reading, step, directory);
  else if (typeof step.run === "string") readRun(reading, { ...step, run: step.run }, directory);
  else read.left.push({ run: step.name ?? "a step", why: "it says nothing to run" });
}

function readUse(reading: Reading, step: Step, directory: string): void {
  const { repository, context, read, depth } = reading;
  const uses = step.uses ?? "";
  if (uses.startsWith("./")) {
    const action = depth < 2 ? readAction(repository, join(uses)) : undefined;
    if (action === undefined) return;
    const given = Object.entries({ ...action.defaults, ...asRecord(step.with) });
    const inputs = given.map(([key, value]) => [`inputs.${key}`, fill(String(value), context) ?? ""]);
    const inner = { ...reading, depth: depth + 1, context: { ...context, ...Object.fromEntries(inputs) } };
    for (const one of action.steps) readStep(inner, one, "");
    return;
  }
  if (/\/setup-(?:python|miniconda|micromamba)@/.test(uses)) read.isPython = true;
  const command = commandOf(step);
  if (command === undefined) return;
  const place = String(asRecord(step.with)["working-directory"] ?? directory);
  readRun(reading, { ...step, run: command, "working-directory": place }, directory);
}

function readRun(reading: Reading, step: Step & { run: string }, directory: string): void {
  const { context, read } = reading;
  const filled = fill(step.run, context);
  const place = fill(step["working-directory"] ?? directory, context);
  if (/secrets\./.test(step.run) || (step.shell !== undefined && /pwsh|powershell|cmd/.test(step.shell)))
    return;
  if (filled === undefined || place === undefined) {
    read.left.push({ run: firstLine(step.run), why: "it depends on what only the run knows" });
    return;
  }
  const env = carried({ ...asRecord(read.job.env), ...asRecord(step.env) }, context);
  if (env === undefined) {
    read.left.push({ run: firstLine(filled), why: "it needs a secret" });
    return;
  }
  for (const statement of statements(filled)) {
    const text = named(statement, context);
    const verdict = classify(text);
    if (verdict === undefined) read.left.push({ run: firstLine(text), why: "nothing tells what it is for" });
    else if ("skip" in verdict) {
      if (verdict.skip !== undefined) read.left.push({ run: firstLine(text), why: `it ${verdict.skip}` });
    } else if (isThere(reading.repository, join(place)))
      read.lines.push({ ...verdict, run: withEnv(env, text), directory: join(place) });
  }
}

/** Other repositories are cloned into places that are not there yet. */
function isThere({ paths }: Repository, directory: string): boolean {
  return directory === "" || paths.some((path) => path.startsWith(`${directory}/`));
}

/** Variables of the workflow that a statement names, put in as they are. */
function named(statement: string, context: Context): string {
  return statement.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (all, braced?: string, plain?: string) => {
    const value = context[`env.${braced ?? plain}`];
    return typeof value === "string" ? value : all;
  });
}

/** What steers the services of the runner, colours or uploads, and nothing that is proven here. */
const NOISE =
  /^(?:CI|FORCE_COLOR|COLOR|CLICOLOR\w*|NO_COLOR|CARGO_TERM_COLOR|PY_COLORS|TERM|CODECOV\w*|COVERALLS\w*|COVERAGE\w*|TURBO_\w+|NX_\w+|GITHUB_\w+|SCCACHE\w*|CCACHE\w*|RUST_BACKTRACE|NPM_CONFIG_LOGLEVEL|PIP_\w+|\w*CACHE\w*|DOTNET_(?:NOLOGO|CLI\w*|SKIP\w*)|GRADLE_\w+|DEVELOCITY\w*|UV_(?:CACHE|SYSTEM|PYTHON|NO_SYNC|RESOLUTION|FROZEN|LOCKED)\w*|CARGO|CROSS\w*|TARGET_\w+|COVERAGE_FILE|CONTEXT|ENABLE_CODE_COVERAGE|AWS_\w+|GOPROXY|HUSKY)$/;

/** Literal values only. Undefined where a secret is among them. */
function carried(env: Record<string, unknown>, context: Context): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) {
    const text = String(value ?? "");
    if (/secrets\./.test(text)) {
      if (/TOKEN|KEY|GITHUB/.test(key) && !/DATABASE|DB_/.test(key)) continue;
      return undefined;
    }
    const filled = fill(text, context);
    if (filled !== undefined && filled !== "" && !NOISE.test(key) && /^[A-Za-z_]\w*$/.test(key))
      found[key] = filled;
  }
  return Object.fromEntries(Object.entries(found).slice(0, 8));
}

function firstLine(text: string): string {
  return (
    text
      .replace(/^set -e\n/, "")
      .trim()
      .split("\n")[0] ?? ""
  ).slice(0, 120);
}
