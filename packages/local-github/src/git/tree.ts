import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { EMPTY_TREE } from "./git.ts";
import { plumbingOf } from "./plumbing.ts";
import { readTree, type TreeEntry } from "./read.ts";

/** A file that gets new content, or none. */
export interface TreeEdit {
  path: string;
  /** Undefined removes the file. */
  content: Buffer | undefined;
}

/** Stores the trees that result from editing files below `tree` and gives the new root. */
export async function editTree(
  world: World,
  repository: Repository,
  tree: string,
  edits: readonly TreeEdit[],
): Promise<string> {
  const root = await edited(world, repository, tree, edits.map(split));
  return root ?? (await plumbingOf(world, repository).write("tree", Buffer.alloc(0)));
}

interface Step {
  parts: string[];
  content: Buffer | undefined;
}

function split(edit: TreeEdit): Step {
  return { parts: edit.path.split("/"), content: edit.content };
}

/** Undefined when nothing is left: git keeps no empty directories. */
async function edited(
  world: World,
  repository: Repository,
  tree: string,
  steps: readonly Step[],
): Promise<string | undefined> {
  const git = plumbingOf(world, repository);
  const entries = new Map(
    ((await readTree(world, repository, tree)) ?? []).map((entry) => [entry.name, entry]),
  );
  const below = new Map<string, Step[]>();
  for (const { parts, content } of steps) {
    const [name = "", ...rest] = parts;
    if (rest.length > 0) below.set(name, [...(below.get(name) ?? []), { parts: rest, content }]);
    else if (!content) entries.delete(name);
    else entries.set(name, await fileEntry(git.write("blob", content), name, entries.get(name)));
  }
  for (const [name, inner] of below) {
    const known = entries.get(name);
    // A file on the way becomes a directory, as when it is replaced in a working tree.
    const oid = await edited(world, repository, known?.type === "tree" ? known.oid : EMPTY_TREE, inner);
    if (oid) entries.set(name, { mode: "040000", name, oid, type: "tree" });
    else if (known?.type === "tree") entries.delete(name);
  }
  return entries.size === 0 ? undefined : await git.write("tree", encode([...entries.values()]));
}

/** A file that is there keeps its mode; the API has no way to give a new one another than the plain one. */
async function fileEntry(
  oid: Promise<string>,
  name: string,
  known: TreeEntry | undefined,
): Promise<TreeEntry> {
  return { mode: known?.type === "blob" ? known.mode : "100644", name, oid: await oid, type: "blob" };
}

/** Git sorts by name as if directories ended in a slash. */
function encode(entries: TreeEntry[]): Buffer {
  const key = (entry: TreeEntry) => Buffer.from(entry.type === "tree" ? `${entry.name}/` : entry.name);
  const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
  return Buffer.concat(
    sorted.flatMap((entry) => [
      Buffer.from(`${entry.mode.replace(/^0/, "")} ${entry.name}\0`),
      Buffer.from(entry.oid, "hex"),
    ]),
  );
}
