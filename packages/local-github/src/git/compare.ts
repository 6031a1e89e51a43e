import type { ChangedFile, Comparison } from "../world/comparison.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { EMPTY_TREE } from "./git.ts";
import { plumbingOf } from "./plumbing.ts";
import { readCommit } from "./read.ts";
import { relate } from "./walk.ts";

const KEPT = 500;
const comparisons = new Map<string, Promise<Comparison>>();

/** What `head` brings over `base`, both oids. Immutable for a pair, so kept. */
export function compare(
  world: World,
  repository: Repository,
  base: string,
  head: string,
): Promise<Comparison> {
  const key = `${repository.directory} ${base} ${head}`;
  const known = comparisons.get(key);
  if (known) return known;
  const made = compute(world, repository, base, head);
  made.catch(() => comparisons.delete(key));
  comparisons.set(key, made);
  const [oldest] = comparisons.keys();
  if (oldest !== undefined && comparisons.size > KEPT) comparisons.delete(oldest);
  return made;
}

async function compute(
  world: World,
  repository: Repository,
  base: string,
  head: string,
): Promise<Comparison> {
  const relation = await relate(world, repository, base, head);
  // Like GitHub, from where the head left the base; unrelated histories have no such place.
  const files = await changedFiles(world, repository, relation.mergeBase ?? base, head);
  return {
    ...relation,
    files,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
  };
}

/** What differs between two commits; undefined stands for nothing at all, as before a first commit. */
export async function changedFiles(
  world: World,
  repository: Repository,
  from: string | undefined,
  to: string,
): Promise<ChangedFile[]> {
  const [before, after] = await Promise.all([
    from === undefined ? undefined : readCommit(world, repository, from),
    readCommit(world, repository, to),
  ]);
  const output = await plumbingOf(world, repository).diff(
    before?.tree ?? EMPTY_TREE,
    after?.tree ?? EMPTY_TREE,
  );
  return parseDiff(output);
}

const STATUS: Record<string, ChangedFile["status"]> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

/** Reads `git diff-tree --raw -p -z`: NUL-separated records with exact names, an empty one, then the patches in the same order. */
function parseDiff(output: string): ChangedFile[] {
  const fields = output.split("\0");
  const records: { status: string; oid: string; names: string[] }[] = [];
  let at = 0;
  for (let field = fields[at]; field?.startsWith(":"); field = fields[at]) {
    const [, , old = "", now = "", status = ""] = field.split(" ");
    const names = fields.slice(at + 1, at + (/^[RC]/.test(status) ? 3 : 2));
    records.push({ status: status.slice(0, 1), oid: status === "D" ? old : now, names });
    at += 1 + names.length;
  }
  const patches = fields
    .slice(at + 1)
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
