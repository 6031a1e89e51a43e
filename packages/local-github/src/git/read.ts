import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import type { GitObject } from "./git.ts";
import { plumbingOf } from "./plumbing.ts";
import { isRefName } from "./refs.ts";

export interface Person {
  name: string;
  email: string;
  /** ISO 8601 in UTC, to the second. */
  date: string;
}

export interface Commit {
  oid: string;
  tree: string;
  parents: string[];
  author: Person;
  committer: Person;
  message: string;
  /** What a signature would cover; kept for the `verification` part of REST answers. */
  raw: string;
}

export interface TreeEntry {
  mode: string;
  name: string;
  oid: string;
  type: "blob" | "tree" | "commit";
}

export function readObject(
  world: World,
  repository: Repository,
  spec: string,
): Promise<GitObject | undefined> {
  return plumbingOf(world, repository).read(spec);
}

/** Oid a branch points at; undefined when there is no such branch. */
export async function branchOid(
  world: World,
  repository: Repository,
  branch: string,
): Promise<string | undefined> {
  // Git would also follow `main~1`, which is a commit and not a branch.
  if (!isRefName(`refs/heads/${branch}`)) return undefined;
  return (await readObject(world, repository, `refs/heads/${branch}`))?.oid;
}

/** Resolves what REST calls a ref: branch, tag, full ref name, oid, `HEAD`, or one of them with `~n`. */
export async function resolveCommit(
  world: World,
  repository: Repository,
  name: string | undefined,
): Promise<Commit | undefined> {
  const wanted = name === undefined || name === "HEAD" ? repository.defaultBranch : name;
  const specs = [`refs/heads/${wanted}`, `refs/tags/${wanted}`];
  if (/^(refs\/)?(heads|tags|pull)\//.test(wanted)) specs.unshift(`refs/${wanted.replace(/^refs\//, "")}`);
  if (/^[0-9a-f]{4,64}$/.test(wanted)) specs.unshift(wanted);
  for (const spec of specs) {
    const object = await readObject(world, repository, `${spec}^{commit}`);
    if (object?.type === "commit") return parseCommit(object);
  }
  return undefined;
}

export async function readCommit(
  world: World,
  repository: Repository,
  oid: string,
): Promise<Commit | undefined> {
  const object = await readObject(world, repository, oid);
  return object?.type === "commit" ? parseCommit(object) : undefined;
}

/** A commit that must be there, because something stored names it. */
export async function commitAt(world: World, repository: Repository, oid: string): Promise<Commit> {
  const commit = await readCommit(world, repository, oid);
  if (!commit) throw new Error(`the commit ${oid} is not in ${repository.name}`);
  return commit;
}

export async function readTree(
  world: World,
  repository: Repository,
  oid: string,
): Promise<TreeEntry[] | undefined> {
  const object = await readObject(world, repository, `${oid}^{tree}`);
  return object?.type === "tree" ? parseTree(object.content) : undefined;
}

/** Follows a path down from a tree; `""` is the tree itself. Undefined when a step is missing. */
export async function entryAt(
  world: World,
  repository: Repository,
  treeOid: string,
  path: string,
): Promise<TreeEntry | undefined> {
  let entry: TreeEntry = { mode: "040000", name: "", oid: treeOid, type: "tree" };
  for (const segment of path.split("/").filter(Boolean)) {
    if (entry.type !== "tree") return undefined;
    const next: TreeEntry | undefined = (await readTree(world, repository, entry.oid))?.find(
      (each) => each.name === segment,
    );
    if (!next) return undefined;
    entry = next;
  }
  return entry;
}

/** Content of a file at a commit; undefined when there is no such file. */
export async function readFileAt(
  world: World,
  repository: Repository,
  treeOid: string,
  path: string,
): Promise<Buffer | undefined> {
  const entry = await entryAt(world, repository, treeOid, path);
  if (entry?.type !== "blob") return undefined;
  return (await readObject(world, repository, entry.oid))?.content;
}

function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const zero = content.indexOf(0, space);
    const mode = content.subarray(at, space).toString().padStart(6, "0");
    const type = mode.startsWith("04") ? "tree" : mode === "160000" ? "commit" : "blob";
    entries.push({
      mode,
      name: content.subarray(space + 1, zero).toString(),
      oid: content.subarray(zero + 1, zero + 21).toString("hex"),
      type,
    });
    at = zero + 21;
  }
  return entries;
}

function parseCommit(object: GitObject): Commit {
  const raw = object.content.toString();
  const end = raw.indexOf("\n\n");
  const lines = raw.slice(0, end).split("\n");
  const values = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    oid: object.oid,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: parsePerson(values("author")[0] ?? ""),
    committer: parsePerson(values("committer")[0] ?? ""),
    message: raw.slice(end + 2),
    raw,
  };
}

function parsePerson(line: string): Person {
  const match = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  const date = `${new Date(Number(match?.[3] ?? 0) * 1000).toISOString().slice(0, 19)}Z`;
  return { name: match?.[1] ?? "", email: match?.[2] ?? "", date };
}
