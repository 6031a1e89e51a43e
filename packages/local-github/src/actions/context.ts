import { fullName } from "../repositories/shape.ts";
import type { WorkflowJob, WorkflowRun } from "../world/run.ts";
import type { World } from "../world/world.ts";
import type { Context, Value } from "./expression.ts";

/** The `github` context of expressions. */
export function githubContext(world: World, run: WorkflowRun): { [key: string]: Value } {
  const { repository } = run;
  return {
    actor: run.actor.login,
    actor_id: String(run.actor.id),
    triggering_actor: run.triggeringActor.login,
    api_url: world.url,
    graphql_url: `${world.url}/graphql`,
    server_url: world.url,
    event: run.payload as { [key: string]: Value },
    event_name: run.event,
    ref: run.ref,
    ref_name: run.ref.replace(/^refs\/(heads|tags)\//, ""),
    ref_type: run.ref.startsWith("refs/tags/") ? "tag" : "branch",
    ref_protected: false,
    base_ref: "",
    head_ref: "",
    repository: fullName(repository),
    repository_id: String(repository.id),
    repository_owner: repository.owner.login,
    repository_owner_id: String(repository.owner.id),
    repositoryUrl: `git://${new URL(world.url).host}/${fullName(repository)}.git`,
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(run.attempt),
    sha: run.sha,
    workflow: run.workflow.name,
    workflow_ref: `${fullName(repository)}/${run.workflow.path}@${run.ref}`,
    workflow_sha: run.sha,
    secret_source: "Actions",
  };
}

export function runContext(world: World, run: WorkflowRun): Context {
  return {
    github: githubContext(world, run),
    inputs: { ...run.inputs },
    vars: Object.fromEntries(run.repository.variables),
  };
}

/** Environment every step of a job starts from: what a GitHub-hosted runner sets, and nothing of ours. */
export function jobEnvironment(
  world: World,
  job: WorkflowJob,
  places: {
    home: string;
    workspace: string;
    temp: string;
    tools: string;
    eventPath: string;
    trackingId: string;
    path: string;
  },
): Record<string, string> {
  const { run } = job;
  const github = githubContext(world, run);
  const named = Object.entries(github)
    .filter(([key, value]) => !NOT_EXPORTED.has(key) && typeof value === "string")
    .map(([key, value]): [string, string] => [`GITHUB_${key.toUpperCase()}`, String(value)]);
  return {
    ...Object.fromEntries(named),
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_JOB: job.key,
    GITHUB_EVENT_PATH: places.eventPath,
    GITHUB_WORKSPACE: places.workspace,
    GITHUB_REF_PROTECTED: "false",
    GITHUB_RETENTION_DAYS: "90",
    RUNNER_OS: process.platform === "darwin" ? "macOS" : "Linux",
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_NAME: `GitHub Actions ${job.id}`,
    RUNNER_ENVIRONMENT: "github-hosted",
    RUNNER_TEMP: places.temp,
    RUNNER_TOOL_CACHE: places.tools,
    RUNNER_WORKSPACE: places.workspace.slice(0, places.workspace.lastIndexOf("/")),
    RUNNER_TRACKING_ID: places.trackingId,
    ACTIONS_RUNTIME_URL: `${world.url}/_actions/runtime/`,
    ACTIONS_RUNTIME_TOKEN: `runtime-${job.id}`,
    ...(job.oidcRequestToken
      ? {
          ACTIONS_ID_TOKEN_REQUEST_URL: `${world.url}/_actions/idtoken/${job.id}?api-version=2.0`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: job.oidcRequestToken,
        }
      : {}),
    HOME: places.home,
    PATH: places.path,
    LANG: "C.UTF-8",
  };
}

const NOT_EXPORTED = new Set(["repositoryUrl", "secret_source"]);
