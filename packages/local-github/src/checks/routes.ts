import { simpleUser } from "../accounts/shape.ts";
import { resolveCommit } from "../git/read.ts";
import { type Need, repositoryRoute } from "../http/door.ts";
import { forbidden, GitHubError, notFound, unprocessable } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { created, ok, type Route, updated } from "../http/route.ts";
import { apiUrl } from "../repositories/shape.ts";
import type { App } from "../world/app.ts";
import type { Identity } from "../world/identity.ts";
import type { CheckRun, CommitStatus, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { type CheckInput, createCheckRun, updateCheckRun } from "./check.ts";
import { checkRunShape } from "./shape.ts";

const READ: Need = { app: ["checks:read"], user: "read" };
const WRITE: Need = { app: ["checks:write"], user: "write" };
const STATUS_READ: Need = { app: ["statuses:read"], user: "read" };
const STATUS_WRITE: Need = { app: ["statuses:write"], user: "write" };

export const checkRoutes: Route[] = [
  repositoryRoute("post", "/repos/{owner}/{repo}/check-runs", WRITE, async (call) => {
    const { world, repository, body } = call;
    const app = appOf(call.identity);
    const commit = await resolveCommit(world, repository, body.head_sha);
    if (!commit) throw unprocessable(`No commit found for SHA: ${body.head_sha}`);
    const run = createCheckRun(world, repository, app, {
      ...inputFrom(body),
      name: body.name,
      commit,
    });
    return created(checkRunShape(world, run), `created check run ${run.name}`);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/check-runs/{check_run_id}", READ, (call) => {
    return ok(checkRunShape(call.world, runOf(call.world, call.repository, call.params.check_run_id)));
  }),
  repositoryRoute("patch", "/repos/{owner}/{repo}/check-runs/{check_run_id}", WRITE, (call) => {
    const run = runOf(call.world, call.repository, call.params.check_run_id);
    if (run.app !== appOf(call.identity)) {
      throw forbidden(
        "Invalid app_id `" +
          `${run.app.id}` +
          "` - check run can only be modified by the GitHub App that created it.",
      );
    }
    updateCheckRun(call.world, run, inputFrom(call.body));
    return updated(
      checkRunShape(call.world, run),
      `updated check run ${run.name} to ${run.conclusion ?? run.status}`,
    );
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/commits/{ref}/check-runs", READ, async (call) => {
    const { world, repository, query } = call;
    const commit = await resolveCommit(world, repository, call.params.ref);
    if (!commit) throw unprocessable(`No commit found for SHA: ${call.params.ref}`);
    const all = repository.checkRuns
      .filter((run) => run.headSha === commit.oid)
      .filter((run) => !query.check_name || run.name === query.check_name)
      .filter((run) => !query.status || run.status === query.status)
      .filter((run) => !query.app_id || run.app.id === query.app_id)
      .reverse();
    // GitHub shows the newest run of a name unless asked for all.
    const runs = query.filter === "all" ? all : all.filter((run, at) => isNewest(all, run, at));
    const { items, headers } = paginate(call, runs);
    return ok(
      { total_count: runs.length, check_runs: items.map((run) => checkRunShape(world, run)) },
      headers,
    );
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/statuses/{sha}", STATUS_WRITE, async (call) => {
    const { world, repository, body } = call;
    const commit = await resolveCommit(world, repository, call.params.sha);
    if (!commit) throw unprocessable(`No commit found for SHA: ${call.params.sha}`);
    const status: CommitStatus = {
      ...world.mint("status"),
      sha: commit.oid,
      state: body.state,
      context: body.context ?? "default",
      description: body.description ?? null,
      targetUrl: body.target_url ?? null,
      creator: call.actor.account,
      createdAt: world.now(),
    };
    repository.statuses.push(status);
    return created(statusShape(world, repository, status), `set status ${status.context} to ${status.state}`);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/commits/{ref}/statuses", STATUS_READ, async (call) => {
    const commit = await resolveCommit(call.world, call.repository, call.params.ref);
    if (!commit) throw notFound();
    const statuses = call.repository.statuses.filter((each) => each.sha === commit.oid).reverse();
    const { items, headers } = paginate(call, statuses);
    return ok(
      items.map((each) => statusShape(call.world, call.repository, each)),
      headers,
    );
  }),
];

/** Only Apps make check runs; GitHub tells a person so. */
function appOf(identity: Identity): App {
  if (identity.kind === "installation") return identity.installation.app;
  throw forbidden("You must authenticate via a GitHub App.");
}

function runOf(world: World, repository: Repository, id: number): CheckRun {
  const run = world.checkRuns.get(id);
  if (run?.repository !== repository) throw notFound();
  return run;
}

function isNewest(all: readonly CheckRun[], run: CheckRun, at: number): boolean {
  return all.findIndex((each) => each.name === run.name && each.app === run.app) === at;
}

const LONGEST = { label: 20, description: 40, identifier: 20 } as const;

interface Body {
  name?: string;
  status?: CheckRun["status"];
  conclusion?: string;
  external_id?: string;
  details_url?: string;
  started_at?: string;
  completed_at?: string;
  output?: { title?: string; summary?: string; text?: string; annotations?: readonly unknown[] };
  actions?: CheckRun["actions"];
}

function inputFrom(body: Body): CheckInput {
  const actions = body.actions;
  if (actions && actions.length > 3)
    throw new GitHubError(
      422,
      `Invalid request.\n\nNo more than 3 items are allowed; ${actions.length} were supplied.`,
    );
  for (const action of actions ?? []) {
    for (const [key, most] of Object.entries(LONGEST)) {
      if (action[key as keyof typeof LONGEST].length > most)
        throw unprocessable(`Invalid request.\n\n${key} is too long (maximum is ${most} characters)`);
    }
  }
  return {
    name: body.name,
    status: body.status,
    conclusion: body.conclusion as CheckRun["conclusion"] | undefined,
    externalId: body.external_id,
    detailsUrl: body.details_url,
    startedAt: body.started_at,
    completedAt: body.completed_at,
    output: body.output,
    actions,
  };
}

function statusShape(world: World, repository: Repository, status: CommitStatus) {
  return {
    url: `${apiUrl(world, repository)}/statuses/${status.sha}`,
    avatar_url: null,
    id: status.id,
    node_id: status.nodeId,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: simpleUser(world, status.creator),
  };
}
