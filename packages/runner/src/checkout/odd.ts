import type { Dirent } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { spellName } from "./names.ts";

/** A walk ends here; a tree this large is told about in part. */
const ENTRIES = 200_000;
/** What tools keep by the ten thousand and nobody means to change. */
const SKIPPED = new Set([".git", "node_modules"]);

export type Oddities = {
  /** What git has no word for, by path: a half sentence each. */
  special: Map<string, string>;
  /** What stands in each submodule, so that two walks can be compared. */
  submodules: Map<string, string>;
};

/** Looks through the working tree for what git leaves out without a word. Never throws for what it finds. */
export async function findOddities(root: string, submodules: ReadonlySet<string>): Promise<Oddities> {
  const special = new Map<string, string>();
  const inside = new Map<string, string[]>();
  const left: { path: string; submodule: string | undefined }[] = [{ path: "", submodule: undefined }];
  let seen = 0;
  for (let place = left.pop(); place !== undefined && seen < ENTRIES; place = left.pop()) {
    const { path, submodule } = place;
    for (const entry of await entriesOf(join(root, path))) {
      seen += 1;
      if (SKIPPED.has(entry.name)) continue;
      const here = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) left.push({ path: here, submodule: submodules.has(here) ? here : submodule });
      else if (submodule !== undefined) note(inside, submodule, await stampOf(root, here));
      const what = kindOf(entry);
      if (what !== undefined) special.set(spellName(Buffer.from(here)), what);
    }
  }
  const stamps = [...inside].map(([path, rows]): [string, string] => [path, rows.sort().join("\n")]);
  return { special, submodules: new Map(stamps) };
}

/** Why git could not take a path, as half a sentence; undefined when nothing about the path tells. */
export async function whyOdd(root: string, path: string): Promise<string | undefined> {
  try {
    const info = await lstat(join(root, path));
    const what = kindOf(info);
    if (what !== undefined) return what;
    return (info.mode & 0o400) === 0 ? "its mode lets nobody read it" : undefined;
  } catch {
    // Gone between git's look and ours.
    return "it was gone again";
  }
}

/** Whether a link leads to nothing that is there. */
export async function dangles(root: string, path: string): Promise<boolean> {
  try {
    await stat(join(root, path));
    return false;
  } catch {
    // Its target is missing, out of reach, or the link itself.
    return true;
  }
}

function kindOf(entry: Pick<Dirent, "isSocket" | "isFIFO" | "isBlockDevice" | "isCharacterDevice">) {
  if (entry.isSocket()) return "it is a socket";
  if (entry.isFIFO()) return "it is a named pipe";
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return "it is a device";
  return undefined;
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch {
    // Unreadable, or gone since: git says so where it matters.
    return [];
  }
}

async function stampOf(root: string, path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await lstat(join(root, path));
    return `${path} ${size} ${mtimeMs}`;
  } catch {
    return path;
  }
}

function note(inside: Map<string, string[]>, submodule: string, row: string): void {
  const rows = inside.get(submodule);
  if (rows === undefined) inside.set(submodule, [row]);
  else rows.push(row);
}
