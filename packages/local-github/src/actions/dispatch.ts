import { organizationSimple, simpleUser } from "../accounts/shape.ts";
import { type Commit, entryAt, readFileAt, readTree, resolveCommit } from "../git/read.ts";
import { GitHubError, notFound, unprocessable } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { repositoryShape } from "../repositories/shape.ts";
import { announce } from "../webhooks/announce.ts";
import type { Repository, Workflow, WorkflowRun } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { startRun } from "./run.ts";
import { type DispatchInput, parseTriggers } from "./workflow.ts";

const DIRECTORY = ".github/workflows";
const MOST_PAYLOAD_KEYS = 10;

/** Workflows on the default branch: GitHub only knows a workflow once its file is there. */
export async function listWorkflows(world: World, repository: Repository): Promise<Workflow[]> {
  const commit = await resolveCommit(world, repository, repository.defaultBranch);
  const directory = commit && (await entryAt(world, repository, commit.tree, DIRECTORY));
  const entries = directory ? ((await readTree(world, repository, directory.oid)) ?? []) : [];
  const files = entries.filter((entry) => entry.type === "blob" && /\.ya?ml$/.test(entry.name));
  return Promise.all(
    files.map((file) => registered(world, repository, commit as Commit, `${DIRECTORY}/${file.name}`)),
  );
}

async function registered(
  world: World,
  repository: Repository,
  commit: Commit,
  path: string,
): Promise<Workflow> {
  const source = (await readFileAt(world, repository, commit.tree, path))?.toString() ?? "";
  const known = repository.workflows.get(path) ?? {
    ...world.mint("workflow"),
    path,
    name: path,
    createdAt: world.now(),
  };
  known.name = nameIn(source) ?? path;
  repository.workflows.set(path, known);
  return known;
}

function nameIn(source: string): string | undefined {
  try {
    return parseTriggers(source).name;
  } catch {
    // A broken file is still listed, under its path.
    return undefined;
  }
}

/** Finds a workflow by id or file name, as the dispatch endpoint takes either. */
export async function findWorkflow(
  world: World,
  repository: Repository,
  id: string | number,
): Promise<Workflow> {
  const workflows = await listWorkflows(world, repository);
  const found = workflows.find(
    (each) => String(each.id) === String(id) || each.path === `${DIRECTORY}/${id}`,
  );
  if (!found) throw notFound();
  return found;
}

/** Starts a run of one workflow on a branch or tag, or throws GitHub's 422. */
export async function dispatchWorkflow(
  world: World,
  repository: Repository,
  actor: Actor,
  request: { workflow: Workflow; ref: string; inputs: Record<string, unknown> },
): Promise<WorkflowRun> {
  const { workflow, ref } = request;
  const commit = await resolveCommit(world, repository, ref);
  if (!commit || /^[0-9a-f]{40}$/.test(ref)) throw unprocessable(`No ref found for: ${ref}`);
  const source = (await readFileAt(world, repository, commit.tree, workflow.path))?.toString();
  if (source === undefined) throw notFound();
  const { dispatch } = parseTriggers(source);
  if (!dispatch) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  const inputs = completeInputs(dispatch.inputs, request.inputs);
  const fullRef = ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
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
  if (Object.keys(request.clientPayload).length > MOST_PAYLOAD_KEYS) {
    throw unprocessable("Invalid request.\n\nNo more than 10 properties are allowed; 11 were supplied.");
  }
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
  for (const workflow of await listWorkflows(world, repository)) {
    const source = (await readFileAt(world, repository, commit.tree, workflow.path))?.toString() ?? "";
    const types = typesIn(source);
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

function typesIn(source: string): string[] | undefined {
  try {
    return parseTriggers(source).repositoryDispatch;
  } catch {
    // A file that is not a workflow listens to nothing.
    return undefined;
  }
}

function begin(
  world: World,
  repository: Repository,
  actor: Actor,
  from: Pick<WorkflowRun, "workflow" | "ref" | "event" | "payload" | "inputs"> & {
    source: string;
    commit: Commit;
  },
): WorkflowRun {
  const { source, commit, ...rest } = from;
  const now = world.now();
  const run: WorkflowRun = {
    ...world.mint("run"),
    ...rest,
    repository,
    number: [...world.runs.values()].filter((each) => each.workflow === from.workflow).length + 1,
    attempt: 1,
    sha: commit.oid,
    headCommit: {
      id: commit.oid,
      tree_id: commit.tree,
      message: commit.message.trimEnd(),
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
    actor: actor.account,
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
  startRun(world, run, source);
  return run;
}

function completeInputs(
  known: Record<string, DispatchInput>,
  given: Record<string, unknown>,
): Record<string, string> {
  const unexpected = Object.keys(given).filter((name) => !(name in known));
  if (unexpected.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(known)) {
    const value = given[name] === undefined ? input.default : String(given[name]);
    if (input.required && (value === undefined || value === "")) {
      throw unprocessable(`Required input '${name}' not provided`);
    }
    if (value !== undefined && input.type === "choice" && !input.options.includes(value)) {
      throw unprocessable(`Provided value '${value}' for input '${name}' not in the list of allowed values`);
    }
    inputs[name] = value ?? "";
  }
  return inputs;
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
