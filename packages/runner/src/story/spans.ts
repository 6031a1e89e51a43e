import { symbolsOf } from "@aicd/code-index/tree";

/** Lines, 1-based and inclusive. */
export type Span = { from: number; to: number };

const WHOLE_FILE_LINES = 120;
const LINES_AROUND = 10;

/** A small file whole; of a larger one the definition around each change. */
export function spansOf(lines: readonly string[], changes: readonly Span[]): Span[] {
  if (changes.length === 0) return [];
  if (lines.length <= WHOLE_FILE_LINES) return [{ from: 1, to: lines.length }];
  const starts = symbolsOf(lines).map(({ from }) => from);
  return changes.map((change) => around(lines, starts, change));
}

/** The innermost definition that holds all of it, by indentation; a few lines around where none does. */
function around(lines: readonly string[], starts: readonly number[], { from, to }: Span): Span {
  const written = lines.slice(from - 1, to).filter((line) => line.trim() !== "");
  const depth = Math.min(...written.map(indentOf));
  const start = starts.findLast(
    (at) => at <= from && indentOf(lines[at - 1] ?? "") < depth && endOf(lines, at) >= to,
  );
  if (start !== undefined) return { from: start, to: endOf(lines, start) };
  return { from: Math.max(1, from - LINES_AROUND), to: Math.min(lines.length, to + LINES_AROUND) };
}

function indentOf(line: string): number {
  return line.search(/\S|$/);
}

/** Last line of what begins there: all that is indented more, and the bracket or word that closes it. */
function endOf(lines: readonly string[], start: number): number {
  const own = indentOf(lines[start - 1] ?? "");
  let last = start;
  for (let at = start + 1; at <= lines.length; at++) {
    const line = lines[at - 1] ?? "";
    if (line.trim() === "") continue;
    if (indentOf(line) <= own) {
      // `): number {` goes on, and so does a brace on a line of its own.
      if (/^\s*(?:[)\]}].*[{([:]|\{)\s*$/.test(line)) continue;
      return /^\s*(?:[)\]}]|end\b)/.test(line) ? at : last;
    }
    last = at;
  }
  return last;
}
