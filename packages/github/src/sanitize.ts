import { LIMITS } from "@aicd/core";
import { decodeEntities } from "./entities.ts";
import { stripMarkup } from "./markup.ts";

export type Sanitized = { text: string; removed: string[] };

/** C0/C1 (but tab and newline), soft hyphen, zero-width, bidi, Hangul filler, variation selectors, tags. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: combining characters stand for themselves here
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{1d173}-\u{1d17a}]|[\u{e0000}-\u{e0fff}]/gu;

/**
 * Takes out of a text what a person reading the thread does not see: comments, hidden markup, image
 * texts, link titles, invisible characters. One pass each, linear in the length (no backtracking
 * pattern ever meets untrusted text), idempotent, and it says what it took.
 */
export function sanitize(input: string): Sanitized {
  const removed = new Map<string, number>();
  const note = (what: string) => removed.set(what, (removed.get(what) ?? 0) + 1);
  let text = input.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  if (text.length > LIMITS.untrustedTextCharacters) {
    text = text.slice(0, LIMITS.untrustedTextCharacters);
    note("text beyond the limit");
  }
  // Removing one thing may uncover another (`<!-<!-- -->- -->`), so until nothing changes, boundedly.
  for (let round = 0; round < 4; round++) {
    const before = text;
    text = outsideCode(text, (prose) => decodeEntities(stripMarkup(prose, note)));
    text = text.replace(INVISIBLE, () => {
      note("invisible character");
      return "";
    });
    if (text === before) break;
  }
  return { text, removed: [...removed].map(([what, count]) => `${count} × ${what}`) };
}

/** Code is shown as it stands, so nothing in it is hidden; only prose is cleaned. */
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
  return end - start >= 3 ? line.slice(start, end) : undefined;
}
