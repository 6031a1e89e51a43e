import type { Repository } from "../world/types.ts";
import { git, tryGit } from "./run.ts";

export interface ChangedFile {
  oid: string;
  filename: string;
  previousFilename: string | undefined;
  status: "added" | "removed" | "modified" | "renamed" | "changed";
  additions: number;
  deletions: number;
  /** Hunks without the file headers; undefined for binary files and pure renames. */
  patch: string | undefined;
}

export interface Comparison {
  mergeBase: string | undefined;
  ahead: number;
  behind: number;
  /** Commits of the head that the base lacks, oldest first. */
  commits: string[];
  files: ChangedFile[];
  additions: number;
  deletions: number;
}

const KEPT = 500;
const comparisons = new Map<string, Promise<Comparison>>();

/** What `head` brings over `base`, both oids. Immutable for a pair, so kept. */
export function compare(repository: Repository, base: string, head: string): Promise<Comparison> {
  const key = `${repository.directory} ${base} ${head}`;
  const known = comparisons.get(key);
  if (known) return known;
  const made = compute(repository, base, head);
  made.catch(() => comparisons.delete(key));
  comparisons.set(key, made);
  if (comparisons.size > KEPT) comparisons.delete(comparisons.keys().next().value as string);
  return made;
}

async function compute(repository: Repository, base: string, head: string): Promise<Comparison> {
  const cwd = repository.directory;
  const [mergeBase, sides, files] = await Promise.all([
    tryGit(["merge-base", base, head], { cwd }),
    git(["rev-list", "--left-right", "--topo-order", "--reverse", `${base}...${head}`], { cwd }),
    diff(repository, base, head),
  ]);
  const lines = sides.split("\n").filter(Boolean);
  const commits = lines.filter((line) => line.startsWith(">")).map((line) => line.slice(1));
  return {
    mergeBase: mergeBase.code === 0 ? mergeBase.stdout.toString().trim() : undefined,
    ahead: commits.length,
    behind: lines.length - commits.length,
    commits,
    files,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
  };
}

async function diff(repository: Repository, base: string, head: string): Promise<ChangedFile[]> {
  const three = await tryGit([...DIFF, `${base}...${head}`], { cwd: repository.directory });
  if (three.code === 0) return parseDiff(three.stdout.toString());
  // Unrelated histories have no merge base to start from.
  return parseDiff(await git([...DIFF, base, head], { cwd: repository.directory }));
}

const DIFF = [
  "diff",
  "--raw",
  "-p",
  "-z",
  "-M",
  "--full-index",
  "--no-abbrev",
  "--no-color",
  "--no-ext-diff",
];

/** The change a single commit makes to its first parent. */
export async function commitFiles(
  repository: Repository,
  oid: string,
  parent: string | undefined,
): Promise<ChangedFile[]> {
  const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  return parseDiff(await git([...DIFF, parent ?? emptyTree, oid], { cwd: repository.directory }));
}

const STATUS: Record<string, ChangedFile["status"]> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

/** Reads `git diff --raw -p -z`: NUL-separated records with exact names, an empty one, then the patches in the same order. */
export function parseDiff(output: string): ChangedFile[] {
  const fields = output.split("\0");
  const records: { status: string; oid: string; names: string[] }[] = [];
  let at = 0;
  while (fields[at]?.startsWith(":")) {
    const [, , , oid = "", status = ""] = (fields[at] as string).split(" ");
    const names = fields.slice(at + 1, at + (/^[RC]/.test(status) ? 3 : 2));
    records.push({ status: status.slice(0, 1), oid, names });
    at += 1 + names.length;
  }
  const patches = fields
    .slice(at)
    .join("\0")
    .split(/^diff --git /m)
    .slice(1);
  return records.map((record, index) => fileOf(record, patches[index] ?? ""));
}

function fileOf(record: { status: string; oid: string; names: string[] }, text: string): ChangedFile {
  const start = text.search(/^@@ /m);
  const patch = start < 0 ? undefined : text.slice(start).replace(/\n$/, "");
  const lines = patch?.split("\n") ?? [];
  return {
    oid: record.oid,
    filename: record.names.at(-1) ?? "",
    previousFilename: record.names.length > 1 ? record.names[0] : undefined,
    status: STATUS[record.status] ?? "changed",
    additions: lines.filter((line) => line.startsWith("+")).length,
    deletions: lines.filter((line) => line.startsWith("-")).length,
    patch,
  };
}
