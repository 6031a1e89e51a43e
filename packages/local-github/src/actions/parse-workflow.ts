import { parse } from "yaml";
import type { Level, Permissions } from "../http/permissions.ts";
import type { Concurrency, DispatchInput, JobFile, StepFile, WorkflowFile } from "./workflow.ts";

const DEFAULT_TIMEOUT_MINUTES = 360;
type Json = Record<string, unknown>;

/** Reads only what decides whether and how a workflow is triggered; the jobs may still be unsupported. */
export function parseTriggers(
  source: string,
): Pick<WorkflowFile, "name" | "dispatch" | "repositoryDispatch"> {
  const file = asObject(parse(source), "the workflow");
  return { name: text(file.name), ...triggers(file.on) };
}

/** Throws an error a person can act on for anything outside the subset. */
export function parseWorkflow(source: string): WorkflowFile {
  const file = asObject(parse(source), "the workflow");
  allow(file, "the workflow", ["name", "run-name", "on", "permissions", "env", "concurrency", "jobs"]);
  const jobs = asObject(file.jobs, "jobs");
  return {
    name: text(file.name),
    runName: text(file["run-name"]),
    ...triggers(file.on),
    permissions: permissions(file.permissions),
    env: strings(file.env, "env"),
    concurrency: concurrency(file.concurrency),
    jobs: Object.fromEntries(Object.entries(jobs).map(([key, job]) => [key, jobFile(key, job)])),
  };
}

function triggers(on: unknown): Pick<WorkflowFile, "dispatch" | "repositoryDispatch"> {
  const list = typeof on === "string" ? [on] : on;
  const events: Json = Array.isArray(list)
    ? Object.fromEntries(list.map((each) => [String(each), null]))
    : asObject(list, "on");
  const dispatch =
    "workflow_dispatch" in events ? asObject(events.workflow_dispatch ?? {}, "workflow_dispatch") : undefined;
  const repository =
    "repository_dispatch" in events
      ? asObject(events.repository_dispatch ?? {}, "repository_dispatch")
      : undefined;
  const inputs = asObject(dispatch?.inputs ?? {}, "inputs");
  return {
    dispatch: dispatch && {
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, dispatchInput(input)])),
    },
    repositoryDispatch: repository && [repository.types ?? []].flat().map(String),
  };
}

function dispatchInput(input: unknown): DispatchInput {
  const { required, type, options, default: fallback } = asObject(input ?? {}, "an input");
  return {
    required: required === true,
    default: fallback === undefined ? undefined : String(fallback),
    type: text(type) ?? "string",
    options: Array.isArray(options) ? options.map(String) : [],
  };
}

function concurrency(value: unknown): Concurrency | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return { group: value, cancelInProgress: false, keepAll: false };
  const object = asObject(value, "concurrency");
  allow(object, "concurrency", ["group", "cancel-in-progress", "queue"]);
  const cancel = object["cancel-in-progress"] ?? false;
  if (typeof cancel !== "boolean")
    throw new Error("concurrency.cancel-in-progress must be true or false here");
  return {
    group: String(object.group),
    cancelInProgress: cancel,
    keepAll: object.queue === "max",
  };
}

const JOB_KEYS = ["name", "runs-on", "needs", "permissions", "env", "outputs", "timeout-minutes", "steps"];
const STEP_KEYS = [
  "id",
  "name",
  "if",
  "uses",
  "run",
  "shell",
  "working-directory",
  "with",
  "env",
  "timeout-minutes",
];

function jobFile(key: string, value: unknown): JobFile {
  const where = `jobs.${key}`;
  const job = asObject(value, where);
  allow(job, where, JOB_KEYS);
  if (!Array.isArray(job.steps)) throw new Error(`${where} has no steps`);
  return {
    name: text(job.name),
    runsOn: [job["runs-on"] ?? []].flat().map(String),
    needs: [job.needs ?? []].flat().map(String),
    permissions: permissions(job.permissions),
    env: strings(job.env, `${where}.env`),
    outputs: strings(job.outputs, `${where}.outputs`),
    timeoutMinutes: Number(job["timeout-minutes"] ?? DEFAULT_TIMEOUT_MINUTES),
    steps: job.steps.map((step, index) => stepFile(`${where}.steps[${index}]`, step)),
  };
}

function stepFile(where: string, value: unknown): StepFile {
  const step = asObject(value, where);
  allow(step, where, STEP_KEYS);
  if ((step.uses === undefined) === (step.run === undefined))
    throw new Error(`${where} needs either "uses" or "run"`);
  const shell = text(step.shell);
  if (shell !== undefined && shell !== "bash")
    throw new Error(`${where}: the shell "${shell}" is not supported, only bash`);
  return {
    id: text(step.id),
    name: text(step.name),
    condition: step.if === undefined ? undefined : String(step.if),
    uses: text(step.uses),
    run: text(step.run),
    shell,
    workingDirectory: text(step["working-directory"]),
    with: strings(step.with, `${where}.with`),
    env: strings(step.env, `${where}.env`),
    timeoutMinutes: step["timeout-minutes"] === undefined ? undefined : Number(step["timeout-minutes"]),
  };
}

const SCOPES = [
  "actions",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
];

/** Workflow files write `pull-requests`, the API `pull_requests`. */
function permissions(value: unknown): Permissions | undefined {
  if (value === undefined) return undefined;
  if (value === "read-all" || value === "write-all") {
    const level: Level = value === "read-all" ? "read" : "write";
    return Object.fromEntries(SCOPES.map((scope) => [scope.replaceAll("-", "_"), level]));
  }
  const object = asObject(value ?? {}, "permissions");
  allow(object, "permissions", SCOPES);
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, level]) => level !== "none")
      .map(([scope, level]) => [scope.replaceAll("-", "_"), level as Level]),
  );
}

function asObject(value: unknown, where: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`${where} must be a mapping`);
}

function allow(object: Json, where: string, keys: readonly string[]): void {
  const unknown = Object.keys(object).find((key) => !keys.includes(key));
  if (unknown) throw new Error(`${where} uses "${unknown}", which this local runner does not support`);
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function strings(value: unknown, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asObject(value ?? {}, where)).map(([key, each]) => [key, text(each) ?? ""]),
  );
}
