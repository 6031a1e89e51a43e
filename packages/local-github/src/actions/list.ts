import { type Commit, entryAt, readFileAt, readTree, resolveCommit } from "../git/read.ts";
import { notFound } from "../http/errors.ts";
import type { Repository, Workflow } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { parseTriggers } from "./parse-workflow.ts";

const DIRECTORY = ".github/workflows";

/** Workflows on the default branch: GitHub only knows a workflow once its file is there. */
export async function listWorkflows(world: World, repository: Repository): Promise<Workflow[]> {
  const commit = await resolveCommit(world, repository, repository.defaultBranch);
  if (!commit) return [];
  const directory = await entryAt(world, repository, commit.tree, DIRECTORY);
  const entries = directory ? ((await readTree(world, repository, directory.oid)) ?? []) : [];
  const files = entries.filter((entry) => entry.type === "blob" && /\.ya?ml$/.test(entry.name));
  return Promise.all(files.map((file) => registered(world, repository, commit, `${DIRECTORY}/${file.name}`)));
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
    runs: 0,
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
