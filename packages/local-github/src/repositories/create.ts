import { join } from "node:path";
import { createBare } from "../git/bare.ts";
import { git } from "../git/run.ts";
import { announce } from "../webhooks/announce.ts";
import type { Account } from "../world/account.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

export interface RepositoryOptions {
  /** A git repository, whose branches and tags are taken over, or a plain directory, which becomes one commit. */
  from?: string;
  private?: boolean;
  /** `main` when absent. */
  defaultBranch?: string;
  description?: string;
  /** Tags on the newest commit of the default branch, as a release sets them. */
  tags?: readonly string[];
}

const DEFAULT_LABELS: [name: string, color: string, description: string][] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["question", "d876e3", "Further information is requested"],
];

/** Creates the repository on disk and in memory; throws when the name is taken or not one. */
export async function createRepository(
  world: World,
  owner: Account,
  name: string,
  options: RepositoryOptions,
) {
  const fullName = `${owner.login}/${name}`;
  if (!/^[\w.-]+$/.test(name)) throw new Error(`${name} is no name for a repository`);
  if (isTaken(world, fullName)) throw new Error(`${fullName} already exists`);
  const minted = world.mint("repository");
  const directory = join(world.directory, "repositories", `${minted.id}.git`);
  const defaultBranch = options.defaultBranch ?? "main";
  const author = { name: owner.login, email: `${owner.id}+${owner.login}@users.noreply.github.com` };
  await createBare(directory, { defaultBranch, from: options.from, author });
  for (const tag of options.tags ?? []) await tagHead(directory, tag, defaultBranch);
  const now = world.now();
  const labels = DEFAULT_LABELS.map(([label, color, description]) => ({
    ...world.mint("label"),
    name: label,
    color,
    description,
    default: true,
  }));
  const repository: Repository = {
    ...minted,
    owner,
    name,
    private: options.private ?? false,
    defaultBranch,
    description: options.description ?? null,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    directory,
    collaborators: new Map(),
    labels: new Map(labels.map((label) => [label.name, label])),
    issues: new Map(),
    nextNumber: 1,
    checkRuns: [],
    checkSuites: new Map(),
    statuses: [],
    signedCommits: new Set(),
    secrets: new Map(),
    variables: new Map(),
    workflows: new Map(),
    renamedBranches: new Map(),
    workflowStates: new Map(),
    rules: [],
    archived: false,
    drafts: true,
    actionsEnabled: true,
    parent: undefined,
    departed: new Map(),
  };
  world.repositories.set(repository.id, repository);
  world.names.set(fullName.toLowerCase(), repository);
  world.nodes.set(repository.nodeId, { type: "Repository", value: repository });
  return { id: repository.id, fullName, directory };
}

function tagHead(directory: string, tag: string, branch: string): Promise<string> {
  return git(["tag", "--no-sign", "--force", "--", tag, `refs/heads/${branch}`], { cwd: directory });
}

/** A name that only redirects may be taken by a new repository, which ends the redirect. */
function isTaken(world: World, fullName: string): boolean {
  const known = world.names.get(fullName.toLowerCase());
  return known !== undefined && `${known.owner.login}/${known.name}`.toLowerCase() === fullName.toLowerCase();
}

/** The old name goes on leading to the repository, as redirects. */
export function renameRepository(world: World, repository: Repository, name: string, sender: Account): void {
  const key = `${repository.owner.login}/${name}`.toLowerCase();
  if (isTaken(world, key)) throw new Error(`${key} already exists`);
  const from = repository.name;
  repository.name = name;
  repository.updatedAt = world.now();
  world.names.set(key, repository);
  announce(world, {
    event: "repository",
    action: "renamed",
    repository,
    sender,
    payload: { changes: { repository: { name: { from } } } },
  });
}

/** Who may see it changes with it, at once. */
export function setPrivate(world: World, repository: Repository, isPrivate: boolean, sender: Account): void {
  repository.private = isPrivate;
  repository.updatedAt = world.now();
  const action = isPrivate ? "privatized" : "publicized";
  announce(world, { event: "repository", action, repository, sender, payload: {} });
}
