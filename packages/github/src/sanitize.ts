import { INVISIBLE, LIMITS } from "@aicd/core";
import { decodeEntities } from "./entities.ts";
import { stripComments, stripMarkup } from "./markup.ts";

export type Sanitized = { text: string; removed: string[] };

/** What shows nothing, with C0/C1 (but tab and newline) and all variation selectors. */
const UNSEEN = new RegExp(`[\\u{0}-\\u{8}\\u{b}-\\u{1f}\\u{7f}-\\u{9f}\\u{fe0f}${INVISIBLE}]`, "gu");

/**
 * Takes out of a text what a person reading the thread does not see: comments, hidden markup, image
 * texts, link titles, invisible characters. One pass each, linear in the length (no backtracking
 * pattern ever meets untrusted text), idempotent, and it says what it took.
 */
export function sanitize(input: string): Sanitized {
  const removed = new Map<string, number>();
  const note = (what: string) => removed.set(what, (removed.get(what) ?? 0) + 1);
  if (!input.isWellFormed()) note("half a character");
  let text = input.toWellFormed().replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  if (text.length > LIMITS.untrustedTextCharacters) {
    text = text.slice(0, LIMITS.untrustedTextCharacters).toWellFormed();
    note("text beyond the limit");
  }
  // Removing one thing may uncover another (`<!-<!-- -->- -->`), so until nothing changes, boundedly.
  for (let round = 0; round < 4; round++) {
    const before = text;
    text = outsideCode(stripComments(text, note), (prose) => decodeEntities(stripMarkup(prose, note)));
    text = text.replace(UNSEEN, () => {
      note("invisible character");
      return "";
    });
    if (text === before) break;
  }
  return { text, removed: [...removed].map(([what, count]) => `${count} × ${what}`) };
}

/**
 * Code is shown as it stands, so only prose is cleaned of markup. Comments are gone from both by then:
 * what looks like a fence is none inside an HTML block, and an honest comment lost costs less than a
 * hidden one read.
 */
function outsideCode(text: string, clean: (prose: string) => string): string {
  const out: string[] = [];
  let prose: string[] = [];
  let fence: string | undefined;
  const flush = () => {
    if (prose.length > 0) out.push(clean(prose.join("\n")));
    prose = [];
  };
  for (const line of text.split("\n")) {
    const mark = fenceMark(line);
    if (fence === undefined && mark !== undefined) {
      flush();
      fence = mark;
      out.push(line);
    } else if (fence !== undefined) {
      out.push(line);
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    } else prose.push(line);
  }
  flush();
  return out.join("\n");
}

function fenceMark(line: string): string | undefined {
  let start = 0;
  while (start < 3 && line[start] === " ") start++;
  const char = line[start];
  if (char !== "`" && char !== "~") return undefined;
  let end = start;
  while (line[end] === char) end++;
  if (end - start < 3) return undefined;
  // With a backtick behind it, it is a code span in a line of prose.
  if (char === "`" && line.includes("`", end)) return undefined;
  return line.slice(start, end);
}
