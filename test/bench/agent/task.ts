import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { AicdError } from "../../../packages/core/src/index.ts";

/** A folder with a problem and a hidden judge of its solution. */
export type Task = {
  name: string;
  directory: string;
  bundle: string;
  /** Commit id the work starts from; perhaps abbreviated. */
  base: string;
  issue: string;
  check: string;
  /** Programs the judge cannot do without: `# needs: go` in check.sh. */
  needs: string[];
};
export type BrokenTask = { name: string; problem: string };

const PARTS = ["repo.bundle", "base", "issue.md", "check.sh"] as const;

/** The task folders of a directory, in order of name. A folder that is none is said to be broken, with the reason. */
export async function readTasks(directory: string, only: string[]): Promise<(Task | BrokenTask)[]> {
  const root = resolve(directory);
  const isOne = existsSync(join(root, "repo.bundle"));
  const folders = isOne ? [root] : await foldersOf(root);
  const wanted = folders.filter((folder) => only.length === 0 || only.includes(basename(folder)));
  const names = new Set(folders.map((folder) => basename(folder)));
  const missing = only.filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new AicdError(
      "missing",
      `${directory} has no task ${missing.join(", ")}. It has: ${[...names].join(", ")}.`,
    );
  }
  if (wanted.length === 0) throw new AicdError("missing", `There is no task folder in ${directory}.`);
  return Promise.all(wanted.map((folder) => readTask(folder)));
}

async function foldersOf(root: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(root);
  } catch (cause) {
    throw new AicdError("missing", `The task directory ${root} cannot be read.`, { cause });
  }
  const visible = names.filter((name) => !name.startsWith(".")).sort();
  const folders = await Promise.all(
    visible.map(async (name) => ((await isFile(join(root, name))) ? [] : [join(root, name)])),
  );
  return folders.flat();
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // A link to nowhere is no folder either, but it is told of with the broken ones.
    return false;
  }
}

async function readTask(directory: string): Promise<Task | BrokenTask> {
  const name = basename(directory);
  const missing = PARTS.filter((part) => !existsSync(join(directory, part)));
  if (missing.length > 0) return { name, problem: `The folder lacks ${missing.join(", ")}.` };
  const [bundle, base, issue, check] = PARTS.map((part) => join(directory, part)) as [
    string,
    string,
    string,
    string,
  ];
  try {
    const id = (await readFile(base, "utf8")).trim();
    if (!/^[0-9a-f]{7,64}$/i.test(id)) return { name, problem: "`base` does not hold a commit id." };
    if ((await readFile(issue, "utf8")).trim() === "") return { name, problem: "`issue.md` is empty." };
    const script = await readFile(check, "utf8");
    const needs = /^#\s*needs:(.*)$/m.exec(script)?.[1] ?? "";
    return { name, directory, bundle, base: id, issue, check, needs: needs.split(/[\s,]+/).filter(Boolean) };
  } catch (error) {
    // A directory where a file should be, or no permission: this folder only.
    return { name, problem: `The folder cannot be read: ${error instanceof Error ? error.message : error}` };
  }
}
