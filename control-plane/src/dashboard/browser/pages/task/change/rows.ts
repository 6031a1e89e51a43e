import type { Diff } from "@aicd/sdk";

export type FileDiff = Diff["files"][number];
export type Hunk = NonNullable<FileDiff["hunks"]>[number];

/** One line as the change has it. `old` and `fresh` are its numbers before and after; null: it is not there. */
export type Row = {
  kind: "same" | "del" | "add";
  old: number | null;
  fresh: number | null;
  text: string;
  /** It is the last one, and its end of line is missing. */
  open: boolean;
};
/** A line before, and the one that stands in its place. */
export type Pair = { left: Row | undefined; right: Row | undefined };

const KINDS: Record<string, Row["kind"]> = { " ": "same", "-": "del", "+": "add" };

export function rowsOf({ oldStart, newStart, lines }: Hunk): Row[] {
  const rows: Row[] = [];
  let [old, fresh] = [oldStart, newStart];
  for (const line of lines) {
    const kind = KINDS[line.charAt(0)];
    const last = rows.at(-1);
    if (kind === undefined) {
      if (last !== undefined) last.open = true;
      continue;
    }
    rows.push({
      kind,
      old: kind === "add" ? null : old++,
      fresh: kind === "del" ? null : fresh++,
      text: line.slice(1),
      open: false,
    });
  }
  return rows;
}

/** Lines that went beside the lines that came, run by run. */
export function pairsOf(rows: readonly Row[]): Pair[] {
  const pairs: Pair[] = [];
  let [gone, come]: [Row[], Row[]] = [[], []];
  const flush = () => {
    for (let index = 0; index < Math.max(gone.length, come.length); index++) {
      pairs.push({ left: gone[index], right: come[index] });
    }
    [gone, come] = [[], []];
  };
  for (const row of rows) {
    if (row.kind === "del") {
      // A line that goes after one that came begins a new run.
      if (come.length > 0) flush();
      gone.push(row);
    } else if (row.kind === "add") come.push(row);
    else {
      flush();
      pairs.push({ left: row, right: row });
    }
  }
  flush();
  return pairs;
}

export function linesOf({ hunks }: FileDiff): number {
  return (hunks ?? []).reduce((sum, { lines }) => sum + lines.length, 0);
}

/** More lines than this are shown a piece at a time. */
export const PIECE = 400;
const OPENED = 1_500;

/** The files that are open before anybody has touched them: small ones, until a page of them is full. */
export function openedFirst(files: readonly FileDiff[]): Set<string> {
  const opened = new Set<string>();
  let lines = 0;
  for (const file of files) {
    const size = linesOf(file);
    if (file.hunks === null || size === 0 || size > PIECE || lines + size > OPENED) continue;
    lines += size;
    opened.add(file.path);
  }
  return opened;
}

/** The first `most` rows of hunks, with the hunks they are in. */
export function firstRows(hunks: readonly Hunk[], most: number): { hunk: Hunk; rows: Row[] }[] {
  const shown: { hunk: Hunk; rows: Row[] }[] = [];
  let left = most;
  for (const hunk of hunks) {
    if (left <= 0) break;
    const rows = rowsOf(hunk).slice(0, left);
    left -= rows.length;
    shown.push({ hunk, rows });
  }
  return shown;
}
