import { BREAK, disarm } from "./disarm.ts";

const HEADLINE_CHARACTERS = 200;
/** Orders to GitHub's checks. */
const SKIP = /\[(?=(?:skip ci|ci skip|no ci|skip actions|actions skip)\])/gi;
/** Lines git would read as a statement about the commit: only we make those. */
const TRAILER = /^\s*(?:[a-z-]+-by\s*:|aicd-|skip-checks\s*:)/i;

/** Makes somebody else's words safe in a commit message: no mention, closing keyword, trailer or skipped check. */
export function plainMessage(text: string): string {
  const lines = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  return disarm(lines.filter((line) => !TRAILER.test(line)).join("\n"))
    .replaceAll(SKIP, `[${BREAK}`)
    .trim();
}

/** The same as one line of at most 200 characters: a commit's first line, a pull request's title. */
export function headline(text: string): string {
  const line = disarm(text.replaceAll(/\s+/g, " ").trim()).replaceAll(SKIP, `[${BREAK}`);
  return line.slice(0, HEADLINE_CHARACTERS).toWellFormed().trim() || "Change";
}
