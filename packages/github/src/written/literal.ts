import { disarmProse } from "./disarm.ts";

/** Where in a line the words stand decides what is special there. */
export type Place = "prose" | "cell";

/** Somebody's words in a line of Markdown, so that they show as they are; `code` alone stays code. */
export function literalLine(line: string, place: Place): string {
  let out = "";
  let at = 0;
  for (const { start, end, code } of codeIn(line)) {
    out += literal(line.slice(at, start)) + codeOf(code, place);
    at = end;
  }
  return out + literal(line.slice(at));
}

/** The same, with what has a meaning at the start of a line, and at the end of a heading. */
export function literalStart(line: string, place: Place): string {
  const written = literalLine(line, place);
  let end = written.length;
  while (written[end - 1] === "#") end--;
  const start = written
    .slice(0, end)
    .replace(/^(?:#|>|\+|=|-|:(?=-))/, "\\$&")
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
  return start + written.slice(end).replaceAll("#", "\\#");
}

/** A code span of exactly these characters. */
export function codeOf(text: string, place: Place): string {
  // Within a cell no code span can hold a bar behind a backslash.
  if (place === "cell" && text.includes("|")) return `<code>${literal(text)}</code>`;
  const runs = new Set([...text.matchAll(/`+/g)].map(([run]) => run.length));
  let length = 1;
  while (runs.has(length)) length++;
  const ticks = "`".repeat(length);
  const isBlank = text.trim() === "";
  const pad = !isBlank && (/^`|`$/.test(text) || /^ .* $/s.test(text)) ? " " : "";
  return text === "" ? "` `" : `${ticks}${pad}${text}${pad}${ticks}`;
}

function literal(text: string): string {
  return disarmProse(text)
    .replaceAll(/&(?=[#\w])/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("$", "&#36;")
    .replaceAll("|", "&#124;")
    .replaceAll(/[\\*~[\]`]/g, "\\$&")
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_");
}

type Run = { start: number; end: number };

/** Runs of backticks that a run of the same length closes. */
function codeIn(line: string): (Run & { code: string })[] {
  const runs = [...line.matchAll(/`+/g)].map(({ 0: run, index }) => ({
    start: index,
    end: index + run.length,
  }));
  const closers = closersOf(runs);
  const found: (Run & { code: string })[] = [];
  for (let index = 0; index < runs.length; index++) {
    const [open, closer] = [runs[index], closers[index]];
    const close = closer === undefined ? undefined : runs[closer];
    if (open === undefined || closer === undefined || close === undefined) continue;
    const code = line.slice(open.end, close.start);
    if (code.trim() === "") continue;
    found.push({
      start: open.start,
      end: close.end,
      code: /^ .* $/.test(code) ? code.slice(1, -1) : code,
    });
    index = closer;
  }
  return found;
}

/** For each run the next one of its length. */
function closersOf(runs: readonly Run[]): (number | undefined)[] {
  const next = new Map<number, number>();
  const closers: (number | undefined)[] = [];
  for (let index = runs.length - 1; index >= 0; index--) {
    const { start, end } = runs[index] ?? { start: 0, end: 0 };
    closers[index] = next.get(end - start);
    next.set(end - start, index);
  }
  return closers;
}
