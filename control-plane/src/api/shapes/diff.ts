import type { KeptWork } from "@aicd/db";
import { z } from "zod";
import type { FileDiff } from "../../tasks/kept/make-diff.ts";
import { idOf } from "./common.ts";

/** What one answer has of lines, so that a browser stays quick and a proxy's patience lasts. */
const LINES = 20_000;
const CHARACTERS = 2_000_000;

const HunkView = z.object({
  oldStart: z.int(),
  oldLines: z.int(),
  newStart: z.int(),
  newLines: z.int(),
  lines: z
    .array(z.string())
    .describe("Each begins with ` `, `-`, `+`, or with `\\` where a last line has no end."),
});

export const DiffView = z
  .object({
    changeSetId: idOf("changeSet")
      .nullable()
      .describe("null: it was never proposed, and is what there was when its runner was last heard of."),
    digest: z.string(),
    baseSha: z.string(),
    files: z.array(
      z.object({
        path: z.string(),
        from: z.string().nullable().describe("Where it was, of a file that was renamed."),
        status: z.enum(["added", "deleted", "modified", "renamed"]),
        oldMode: z.string().nullable().describe("git's mode; null unless the mode changed or the file went."),
        newMode: z
          .string()
          .nullable()
          .describe("git's mode; null unless the mode changed or the file is new."),
        binary: z.boolean(),
        additions: z.int().nonnegative(),
        deletions: z.int().nonnegative(),
        hunks: z.array(HunkView).nullable().describe("null: too much for one answer; ask for its `path`."),
      }),
    ),
  })
  .meta({ id: "Diff" });

/** @param path only this file */
export function diffOf(
  { work, files }: { work: KeptWork; files: FileDiff[] },
  path: string | undefined,
): z.infer<typeof DiffView> {
  const wanted = path === undefined ? files : files.filter((file) => file.path === path);
  const { row, digest, body } = work;
  return { changeSetId: row?.id ?? null, digest, baseSha: body.baseSha, files: bounded(wanted) };
}

/** The first file is always whole: it is all that is asked for when a path is. */
function bounded(files: FileDiff[]): z.infer<typeof DiffView>["files"] {
  let [lines, characters] = [0, 0];
  return files.map((file, index) => {
    const all = file.hunks.flatMap((hunk) => hunk.lines);
    const size = all.reduce((sum, line) => sum + line.length, 0);
    const fits = index === 0 || (lines + all.length <= LINES && characters + size <= CHARACTERS);
    if (!fits) return { ...file, hunks: null };
    lines += all.length;
    characters += size;
    return file;
  });
}
