import type { Side } from "../world/types.ts";

interface Line {
  text: string;
  left: number | undefined;
  right: number | undefined;
}

/** A line of a file's patch, as review comments show and count it. */
export interface DiffPosition {
  /** The hunk from its header to the line. */
  hunk: string;
  /** Lines below the file's first hunk header, further headers included. */
  position: number;
}

/** Undefined when the line is not in the patch. */
export function positionOf(patch: string, line: number, side: Side): DiffPosition | undefined {
  let above = 0;
  for (const hunk of hunksOf(patch)) {
    const at = hunk.lines.findIndex((each) => (side === "LEFT" ? each.left : each.right) === line);
    if (at >= 0) {
      const shown = hunk.lines.slice(0, at + 1).map((each) => each.text);
      return { hunk: [hunk.header, ...shown].join("\n"), position: above + at + 1 };
    }
    above += hunk.lines.length + 1;
  }
  return undefined;
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
