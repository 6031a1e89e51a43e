import { parse } from "yaml";
import type { Repository } from "../plan.ts";

export type Step = {
  name?: string;
  uses?: string;
  run?: string;
  if?: unknown;
  with?: Record<string, unknown>;
  env?: Record<string, unknown>;
  shell?: string;
  "working-directory"?: string;
};

export type Job = {
  id: string;
  name: string;
  if: unknown;
  runsOn: unknown;
  container: boolean;
  services: string[];
  strategy: unknown;
  env: Record<string, unknown>;
  directory: string;
  /** What `inputs.*` are where the job is another workflow's. */
  inputs: Record<string, unknown>;
  steps: Step[];
};

export type Workflow = { path: string; env: Record<string, unknown>; jobs: Job[] };

type Raw = Record<string, unknown>;

/** The jobs of a workflow that a pull request or a push to a branch starts; undefined where none does. */
export function readWorkflow(repository: Repository, path: string): Workflow | undefined {
  const raw = asRecord(readYaml(repository.text(path)));
  if (!isForChanges(raw.on)) return undefined;
  return { path, env: asRecord(raw.env), jobs: jobsOf(repository, raw, { depth: 0, inputs: {} }) };
}

/** Every job of a workflow, whatever starts it. */
export function readAnyWorkflow(repository: Repository, path: string): Workflow {
  const raw = asRecord(readYaml(repository.text(path)));
  return { path, env: asRecord(raw.env), jobs: jobsOf(repository, raw, { depth: 0, inputs: {} }) };
}

function isForChanges(on: unknown): boolean {
  const names =
    typeof on === "string" ? [on] : Array.isArray(on) ? on.map(String) : Object.keys(asRecord(on));
  if (names.some((name) => name === "pull_request" || name === "merge_group")) return true;
  if (!names.includes("push")) return false;
  const push = asRecord(asRecord(on).push);
  return push.tags === undefined || push.branches !== undefined;
}

function jobsOf(repository: Repository, raw: Raw, from: { depth: number; inputs: Raw }): Job[] {
  const shared = asRecord(asRecord(asRecord(raw.defaults).run));
  const called = inputsOf(raw, from.inputs);
  return Object.entries(asRecord(raw.jobs)).flatMap(([id, value]): Job[] => {
    const job = asRecord(value);
    const local =
      typeof job.uses === "string" ? /^\.\/(\.github\/workflows\/[^@]+)/.exec(job.uses)?.[1] : undefined;
    if (local !== undefined) {
      if (from.depth > 1) return [];
      const inner = asRecord(readYaml(repository.text(local)));
      const nested = jobsOf(repository, inner, { depth: from.depth + 1, inputs: asRecord(job.with) });
      return nested.map((one) => ({ ...one, env: { ...asRecord(inner.env), ...one.env } }));
    }
    const run = { ...shared, ...asRecord(asRecord(job.defaults).run) };
    return [
      {
        id,
        name: typeof job.name === "string" ? job.name : id,
        if: job.if,
        runsOn: job["runs-on"],
        container: job.container !== undefined,
        services: Object.keys(asRecord(job.services)),
        strategy: job.strategy,
        env: asRecord(job.env),
        directory: typeof run["working-directory"] === "string" ? run["working-directory"] : "",
        inputs: called,
        steps: stepsOf(job.steps),
      },
    ];
  });
}

/** What callers give, over the defaults the called workflow names. */
function inputsOf(raw: Raw, given: Raw): Raw {
  const declared = asRecord(asRecord(asRecord(raw.on).workflow_call).inputs);
  const defaults = Object.entries(declared).map(([key, value]) => [key, asRecord(value).default] as const);
  return { ...Object.fromEntries(defaults.filter(([, value]) => value !== undefined)), ...given };
}

/** The steps of an action that lives in the repository, with what its inputs are when they are left out. */
export function readAction(
  repository: Repository,
  directory: string,
): { steps: Step[]; defaults: Raw } | undefined {
  const text = repository.text(`${directory}/action.yml`) ?? repository.text(`${directory}/action.yaml`);
  const raw = asRecord(readYaml(text));
  const runs = asRecord(raw.runs);
  if (runs.using !== "composite") return undefined;
  const defaults = Object.entries(asRecord(raw.inputs)).map(([key, value]) => [
    key,
    asRecord(value).default ?? "",
  ]);
  return { steps: stepsOf(runs.steps), defaults: Object.fromEntries(defaults) as Raw };
}

function stepsOf(value: unknown): Step[] {
  return Array.isArray(value)
    ? value.filter((step): step is Step => typeof step === "object" && step !== null)
    : [];
}

export function asRecord(value: unknown): Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

function readYaml(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return parse(text, { maxAliasCount: 200, logLevel: "silent" });
  } catch {
    // A workflow GitHub would refuse too.
    return undefined;
  }
}
