import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AicdError } from "@aicd/core";
import { parsePatch, type StructuredPatch } from "diff";
import { BRANCHES, type Change, type Place, withRepository } from "./repository-of-change.ts";

/** Git calls a larger file binary: nobody reads it line by line. */
const TEXT_FILE = "1m";
const DIFF_BYTES = 24 * 1024 * 1024;
const NOTHING = "/dev/null";
const OPTIONS = ["--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--unified=3"] as const;

/** Lines of a file that belong together; each begins with ` `, `-`, `+`, or `\\` for a missing end of line. */
type Hunk = {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: string[];
};
export type FileDiff = {
  path: string;
  /** Where it was, of a file that was renamed. */
  from: string | null;
  status: "added" | "deleted" | "modified" | "renamed";
  /** git's modes where there is something to say: of a file that is new, gone, or whose mode changed. */
  oldMode: string | null;
  newMode: string | null;
  binary: boolean;
  additions: number;
  deletions: number;
  hunks: Hunk[];
};

/**
 * What a ChangeSet changes, file by file, as git finds it: renames found, binary files named.
 * @throws AicdError `conflict` when it is more than a page can show
 */
export async function makeDiff(place: Place, change: Change): Promise<FileDiff[]> {
  const text = await makeTextDiff(place, change);
  return text === "" ? [] : parsePatch(text).map(fileOf);
}

/** The same as git writes it. */
export async function makeTextDiff(place: Place, change: Change): Promise<string> {
  return withRepository(place, change, async (home, git) => {
    const out = join(home, "diff");
    const configured = ["-c", "core.quotePath=false", "-c", `core.bigFileThreshold=${TEXT_FILE}`];
    await git([...configured, "diff", ...OPTIONS, `--output=${out}`, BRANCHES.base, BRANCHES.work]);
    if ((await stat(out)).size > DIFF_BYTES) {
      throw new AicdError("conflict", "The change is too large to be shown. `/patch` has the whole of it.");
    }
    return readFile(out, "utf8");
  });
}

function fileOf(patch: StructuredPatch): FileDiff {
  const old = nameOf(patch.oldFileName);
  const path = nameOf(patch.newFileName) ?? old ?? "";
  const hunks = patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    ...{ oldStart, oldLines, newStart, newLines },
    lines,
  }));
  const count = (sign: string) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(sign)).length, 0);
  const status = statusOf(patch);
  return {
    path,
    from: status === "renamed" ? old : null,
    status,
    oldMode: patch.oldMode ?? null,
    newMode: patch.newMode ?? null,
    binary: patch.isBinary === true,
    additions: count("+"),
    deletions: count("-"),
    hunks,
  };
}

function statusOf({ isCreate, isDelete, isRename }: StructuredPatch): FileDiff["status"] {
  if (isCreate) return "added";
  if (isDelete) return "deleted";
  return isRename ? "renamed" : "modified";
}

/** Without the `a/` or `b/` that git writes before it. */
function nameOf(name: string | undefined): string | null {
  return name === undefined || name === NOTHING ? null : name.slice(2);
}
