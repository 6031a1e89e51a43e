import { type ChangeSet, isTestPath } from "@aicd/core";
import { type Span, spansOf } from "./spans.ts";

/** About 12,000 tokens: what a reviewer would look up first, and less than a second call would cost. */
const CHARACTERS = 40_000;
const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/**
 * The same diff with its hunks widened to the functions they change, so that who reviews it reads each once, whole,
 * and need not look anything up. Code first, then tests; what is too much stays as narrow as it was.
 */
export function widenDiff(diff: string, { files }: ChangeSet): string {
  // The diff of a new file is the file.
  const changed = files.flatMap((file) => (file.kind === "write" && file.baseMode !== null ? [file] : []));
  const sections = diff.split(/^(?=diff --git )/m).map((text) => ({ text, path: pathOf(text) }));
  let left = CHARACTERS;
  return sections
    .toSorted((a, b) => Number(isTestPath(a.path)) - Number(isTestPath(b.path)))
    .map(({ text, path }) => {
      const file = changed.find((candidate) => candidate.path === path);
      if (file === undefined) return text;
      const wide = widen(text, linesOf(Buffer.from(file.contentBase64, "base64").toString()));
      const more = wide.length - text.length;
      if (more > left) return text;
      left -= Math.max(0, more);
      return wide;
    })
    .join("");
}

/** Where a section of a diff leads to; empty where its name is quoted or the file is gone. */
function pathOf(section: string): string {
  return /^\+\+\+ b\/(.+?)\t?$/m.exec(section)?.[1] ?? "";
}

/** Line starts as they stand in the old and the new file, and lines with their marks. */
type Hunk = { oldFrom: number; newFrom: number; lines: string[] };

function widen(section: string, lines: readonly string[]): string {
  const [head = "", ...rest] = section.split(/^(?=@@ )/m);
  const hunks = rest.map(toHunk);
  const spans = spansOf(lines, hunks.map(changeOf));
  const wide = merged([...spans, ...hunks.map(extentOf)]).map((span) => {
    const inside = hunks.filter(({ newFrom }) => newFrom >= span.from && newFrom <= span.to);
    return show(joined(inside, span, lines));
  });
  return head + wide.join("");
}

function toHunk(text: string): Hunk {
  const [start = "", ...lines] = linesOf(text);
  const [, oldFrom, newFrom] = HUNK.exec(start) ?? [];
  // Of no lines the one before is named.
  const first = (from: string | undefined, isIn: (line: string) => boolean) =>
    Number(from) + (lines.some(isIn) ? 0 : 1);
  return { oldFrom: first(oldFrom, isOld), newFrom: first(newFrom, isNew), lines };
}

/** The changed lines on the new side; where lines were only taken away, the one after them. */
function changeOf({ newFrom, lines }: Hunk): Span {
  let at = newFrom;
  let from = 0;
  let to = 0;
  for (const line of lines) {
    if (/^[+-]/.test(line)) {
      if (from === 0) from = at;
      to = Math.max(from, at);
    }
    if (isNew(line)) at += 1;
  }
  return { from, to };
}

function extentOf({ newFrom, lines }: Hunk): Span {
  return { from: newFrom, to: newFrom + Math.max(1, lines.filter(isNew).length) - 1 };
}

/** Those that overlap or touch, as one. */
function merged(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last !== undefined && span.from <= last.to + 1) last.to = Math.max(last.to, span.to);
    else found.push({ ...span });
  }
  return found;
}

/** One hunk of several, with the lines before, between and after them as they are. */
function joined(hunks: readonly Hunk[], span: Span, file: readonly string[]): Hunk {
  const lines: string[] = [];
  let at = span.from;
  const keepTo = (end: number) => {
    lines.push(...file.slice(at - 1, end).map((line) => ` ${line}`));
    at = Math.max(at, end + 1);
  };
  for (const hunk of hunks) {
    keepTo(hunk.newFrom - 1);
    lines.push(...hunk.lines);
    at += hunk.lines.filter(isNew).length;
  }
  keepTo(span.to);
  const [first] = hunks;
  const before = first === undefined ? 0 : first.newFrom - span.from;
  return { oldFrom: (first?.oldFrom ?? span.from) - before, newFrom: span.from, lines };
}

function show({ oldFrom, newFrom, lines }: Hunk): string {
  const start = `@@ -${oldFrom},${lines.filter(isOld).length} +${newFrom},${lines.filter(isNew).length} @@`;
  return `${[start, ...lines].join("\n")}\n`;
}

function isOld(line: string): boolean {
  return /^[ -]/.test(line);
}

function isNew(line: string): boolean {
  return /^[ +]/.test(line);
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
