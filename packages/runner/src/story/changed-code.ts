import { symbolsOf } from "@aicd/code-index/tree";
import { type ChangeSet, type Excerpt, isTestPath } from "@aicd/core";

/** About 12,000 tokens: what a reviewer would look up first, and less than a second call would cost. */
const CHARACTERS = 40_000;
const WHOLE_FILE_LINES = 120;
const LINES_AROUND = 10;
const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/;

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

/** Lines of the new side that each hunk covers, by path. */
function hunksOf(diff: string): Map<string, Span[]> {
  const found = new Map<string, Span[]>();
  let path = "";
  for (const line of diff.split("\n")) {
    if (line.startsWith("+++ b/")) path = line.slice(6).replace(/\t$/, "");
    const [, from, count = "1"] = HUNK.exec(line) ?? [];
    if (from === undefined) continue;
    const start = Math.max(1, Number(from));
    const spans = found.get(path) ?? [];
    spans.push({ from: start, to: start + Math.max(0, Number(count) - 1) });
    found.set(path, spans);
  }
  return found;
}

/** A small file whole; of a larger one the definitions around the changes, those that touch as one. */
function spansOf(lines: readonly string[], hunks: readonly Span[]): Span[] {
  if (hunks.length === 0) return [];
  if (lines.length <= WHOLE_FILE_LINES) return [{ from: 1, to: lines.length }];
  const symbols = symbolsOf(lines);
  const wide = hunks.map(({ from, to }) => {
    const inside = symbols.filter((symbol) => symbol.from <= to && symbol.to >= from);
    const start = Math.min(from, ...inside.map((symbol) => symbol.from));
    const end = Math.max(to, ...inside.map((symbol) => symbol.to));
    // What no definition holds is shown with a few lines around it.
    return inside.length > 0
      ? { from: start, to: Math.min(lines.length, end) }
      : { from: Math.max(1, from - LINES_AROUND), to: Math.min(lines.length, to + LINES_AROUND) };
  });
  const merged: Span[] = [];
  for (const span of wide.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to + 1) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}
