import { organizationSimple, simpleUser } from "../accounts/shape.ts";
import { simpleCommit } from "../git/commit-shape.ts";
import { branchOid, type Commit, readFileAt, resolveCommit } from "../git/read.ts";
import { GitHubError, notFound, unprocessable } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { repositoryShape } from "../repositories/shape.ts";
import { checkClientPayload, checkEnabled, checkInputs } from "../rules/dispatch.ts";
import { announce } from "../webhooks/announce.ts";
import type { WorkflowRun } from "../world/run.ts";
import type { Repository, Workflow } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { completeInputs } from "./inputs.ts";
import { listWorkflows } from "./list.ts";
import { parseTriggers } from "./parse-workflow.ts";
import { startRun } from "./run.ts";

/** Starts a run of one workflow on a branch or tag, or throws GitHub's 422. */
export async function dispatchWorkflow(
  world: World,
  repository: Repository,
  actor: Actor,
  request: { workflow: Workflow; ref: string; inputs: Record<string, unknown> },
): Promise<WorkflowRun> {
  const { workflow, ref } = request;
  checkEnabled(repository, workflow);
  checkInputs(request.inputs);
  const commit = await resolveCommit(world, repository, ref);
  if (!commit || /^[0-9a-f]{40}$/.test(ref)) throw unprocessable(`No ref found for: ${ref}`);
  const source = (await readFileAt(world, repository, commit.tree, workflow.path))?.toString();
  if (source === undefined) throw notFound();
  const dispatch = triggersIn(source)?.dispatch;
  if (!dispatch) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  const inputs = completeInputs(dispatch.inputs, request.inputs);
  const fullRef = await fullName(world, repository, ref);
  const payload = {
    inputs,
    ref: fullRef,
    workflow: workflow.path,
    ...envelope(world, repository, actor),
  };
  announce(world, {
    event: "workflow_dispatch",
    action: null,
    repository,
    sender: actor.account,
    payload: { inputs, ref: fullRef, workflow: workflow.path },
  });
  return begin(world, repository, actor, {
    workflow,
    source,
    commit,
    ref: fullRef,
    event: "workflow_dispatch",
    payload,
    inputs,
  });
}

/** Starts every workflow of the default branch that listens for the type; there may be none. */
export async function dispatchRepository(
  world: World,
  repository: Repository,
  actor: Actor,
  request: { type: string; clientPayload: Record<string, unknown> },
): Promise<WorkflowRun[]> {
  checkClientPayload(request.clientPayload);
  const commit = await resolveCommit(world, repository, repository.defaultBranch);
  if (!commit) throw new GitHubError(404, "Not Found");
  const payload = {
    action: request.type,
    branch: repository.defaultBranch,
    client_payload: request.clientPayload,
    ...envelope(world, repository, actor),
  };
  announce(world, {
    event: "repository_dispatch",
    action: request.type,
    repository,
    sender: actor.account,
    payload: { branch: repository.defaultBranch, client_payload: request.clientPayload },
  });
  const runs: WorkflowRun[] = [];
  if (!repository.actionsEnabled) return runs;
  for (const workflow of await listWorkflows(world, repository)) {
    if (repository.workflowStates.get(workflow.path) === "disabled_manually") continue;
    const source = (await readFileAt(world, repository, commit.tree, workflow.path))?.toString() ?? "";
    const types = triggersIn(source)?.repositoryDispatch;
    if (!types || (types.length > 0 && !types.includes(request.type))) continue;
    const ref = `refs/heads/${repository.defaultBranch}`;
    runs.push(
      begin(world, repository, actor, {
        workflow,
        source,
        commit,
        ref,
        event: "repository_dispatch",
        payload,
        inputs: {},
      }),
    );
  }
  return runs;
}

/** Undefined for a file that is no workflow, which listens to nothing. */
function triggersIn(source: string): ReturnType<typeof parseTriggers> | undefined {
  try {
    return parseTriggers(source);
  } catch {
    // Anyone may commit anything there.
    return undefined;
  }
}

async function fullName(world: World, repository: Repository, ref: string): Promise<string> {
  if (ref.startsWith("refs/")) return ref;
  const isBranch = (await branchOid(world, repository, ref)) !== undefined;
  return `refs/${isBranch ? "heads" : "tags"}/${ref}`;
}

function begin(
  world: World,
  repository: Repository,
  actor: Actor,
  from: Pick<WorkflowRun, "workflow" | "ref" | "event" | "payload" | "inputs" | "source"> & {
    commit: Commit;
  },
): WorkflowRun {
  const { commit, ...rest } = from;
  const now = world.now();
  from.workflow.runs += 1;
  const run: WorkflowRun = {
    ...world.mint("run"),
    ...rest,
    repository,
    number: from.workflow.runs,
    attempt: 1,
    sha: commit.oid,
    headCommit: simpleCommit(commit),
    actor: actor.account,
    triggeringActor: actor.account,
    cancelledBy: undefined,
    earlier: [],
    displayTitle: from.event === "repository_dispatch" ? String(from.payload.action) : from.workflow.name,
    status: "queued",
    conclusion: null,
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    jobs: [],
    problem: undefined,
    cancelled: new AbortController(),
  };
  world.runs.set(run.id, run);
  startRun(world, run);
  return run;
}

/** What every event file holds besides the event itself. */
function envelope(world: World, repository: Repository, actor: Actor): Record<string, unknown> {
  const { owner } = repository;
  return {
    repository: repositoryShape(world, repository),
    ...(owner.type === "Organization" ? { organization: organizationSimple(world, owner) } : {}),
    sender: simpleUser(world, actor.account),
  };
}
