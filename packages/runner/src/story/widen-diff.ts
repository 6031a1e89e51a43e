import { symbolsOf } from "@aicd/code-index/tree";
import { type ChangeSet, type Excerpt, isTestPath } from "@aicd/core";

/** About 12,000 tokens: what a reviewer would look up first, and less than a second call would cost. */
const CHARACTERS = 40_000;
const WHOLE_FILE_LINES = 120;
const LINES_AROUND = 10;
const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/**
 * The functions a diff touches, whole and as they are now, so that who reviews it need not look them up. Code
 * first, then tests; of what is too much nothing is cut in the middle, it is left out.
 */
export function changedCode(diff: string, changeSet: ChangeSet): Excerpt[] {
  const hunks = hunksOf(diff);
  const files = changeSet.files.filter((file) => file.kind === "write");
  const sorted = files.toSorted((a, b) => Number(isTestPath(a.path)) - Number(isTestPath(b.path)));
  const excerpts: Excerpt[] = [];
  let left = CHARACTERS;
  for (const file of sorted) {
    const lines = Buffer.from(file.contentBase64, "base64").toString().split("\n");
    if (lines.at(-1) === "") lines.pop();
    // The diff of a new file is the file.
    if (file.baseMode === null) continue;
    for (const { from, to } of spansOf(lines, hunks.get(file.path) ?? [])) {
      const text = lines.slice(from - 1, to).join("\n");
      if (text.length > left) continue;
      left -= text.length;
      excerpts.push({ path: file.path, from, to, text });
    }
  }
  return excerpts;
}

type Span = { from: number; to: number };

/** The changed lines of each hunk on the new side, by path; where lines were only taken away, those around. */
function hunksOf(diff: string): Map<string, Span[]> {
  const found = new Map<string, Span[]>();
  let path = "";
  let at = 0;
  let span: Span | undefined;
  for (const line of diff.split("\n")) {
    const from = HUNK.exec(line)?.[1];
    if (line.startsWith("diff --git ")) span = undefined;
    else if (line.startsWith("+++ b/") && span === undefined) path = line.slice(6).replace(/\t$/, "");
    else if (from !== undefined) {
      at = Math.max(1, Number(from));
      span = { from: 0, to: 0 };
      found.set(path, [...(found.get(path) ?? []), span]);
    } else if (span !== undefined) {
      if (/^[+-]/.test(line)) {
        if (span.from === 0) span.from = at;
        span.to = Math.max(span.from, at);
      }
      if (!line.startsWith("-")) at += 1;
    }
  }
  return found;
}

/** A small file whole; of a larger one the definitions around the changes, those that touch as one. */
function spansOf(lines: readonly string[], hunks: readonly Span[]): Span[] {
  if (hunks.length === 0) return [];
  if (lines.length <= WHOLE_FILE_LINES) return [{ from: 1, to: lines.length }];
  const starts = symbolsOf(lines).map(({ from }) => from);
  const merged: Span[] = [];
  for (const span of hunks.map((hunk) => around(lines, starts, hunk)).toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to + 1) last.to = Math.max(last.to, span.to);
    else merged.push(span);
  }
  return merged;
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
