import type { Side } from "../world/types.ts";

interface Line {
  text: string;
  left: number | undefined;
  right: number | undefined;
}

/** The part of a file's patch that ends at a line: what a review comment shows above itself. Undefined when the line is not in the patch. */
export function hunkUpTo(patch: string, line: number, side: Side): string | undefined {
  for (const hunk of hunksOf(patch)) {
    const at = hunk.lines.findIndex((each) => (side === "LEFT" ? each.left : each.right) === line);
    if (at >= 0) return [hunk.header, ...hunk.lines.slice(0, at + 1).map((each) => each.text)].join("\n");
  }
  return undefined;
}

/** GitHub counts a position from the line after the first hunk header. */
export function positionOf(diffHunk: string): number {
  return Math.max(diffHunk.split("\n").length - 1, 1);
}

/**
 * Where a line of the old file is in the new one, or undefined when it was changed or removed.
 * `patch` is the file's diff from old to new.
 */
export function followLine(patch: string, line: number): number | undefined {
  let shift = 0;
  for (const hunk of hunksOf(patch)) {
    const inside = hunk.lines.find((each) => each.left === line);
    if (inside) return inside.right;
    const lefts = hunk.lines.flatMap((each) => each.left ?? []);
    if (hunk.oldStart > line) break;
    if ((lefts.at(-1) ?? hunk.oldStart) < line) {
      shift += hunk.lines.filter((each) => each.left === undefined).length;
      shift -= hunk.lines.filter((each) => each.right === undefined).length;
    }
  }
  return line + shift;
}

interface Hunk {
  header: string;
  oldStart: number;
  lines: Line[];
}

function hunksOf(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  let left = 0;
  let right = 0;
  for (const text of patch.split("\n")) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header) {
      left = Number(header[1]);
      right = Number(header[2]);
      hunks.push({ header: text, oldStart: left, lines: [] });
      continue;
    }
    const lines = hunks.at(-1)?.lines;
    if (!lines || text.startsWith("\\")) continue;
    if (text.startsWith("+")) lines.push({ text, left: undefined, right: right++ });
    else if (text.startsWith("-")) lines.push({ text, left: left++, right: undefined });
    else lines.push({ text, left: left++, right: right++ });
  }
  return hunks;
}

/** The line a position names; undefined when the patch is shorter. */
export function lineAt(patch: string, position: number): { line: number; side: Side } | undefined {
  let at = -1;
  for (const hunk of hunksOf(patch)) {
    at += 1;
    const line = hunk.lines[position - at - 1];
    if (line)
      return line.right === undefined
        ? { line: line.left ?? 0, side: "LEFT" }
        : { line: line.right, side: "RIGHT" };
    at += hunk.lines.length;
  }
  return undefined;
}
