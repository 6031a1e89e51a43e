import { LIMITS } from "@aicd/core";

/** Shows as nothing, and takes the meaning from what it stands in. */
const BREAK = "\u2060";
const HEADLINE_CHARACTERS = 200;
/** A closing keyword and, after blanks and markup, an issue: `#12`, `GH-12`, `owner/repo#1`, a URL, `[#14](`. */
const CLOSING =
  /\b(c|f|r)(lose[sd]?|ix(?:e[sd])?|esolve[sd]?)(?=[\s:*_~[(<\\]+(?:#|gh-|https?:|[\w.-]{1,100}\/))/gi;
/** Orders to GitHub's checks. */
const SKIP = /\[(?=(?:skip ci|ci skip|no ci|skip actions|actions skip)\])/gi;
/** Lines git would read as a statement about the commit: only we make those. */
const TRAILER = /^\s*(?:[a-z-]+-by\s*:|aicd-|skip-checks\s*:)/i;

/**
 * Makes somebody else's words safe to post under our name: no mention, no closing keyword, no HTML,
 * no image, no marker of ours.
 */
export function escapeText(text: string): string {
  return disarm(text.replaceAll("<", "&lt;").replaceAll("![", "!\\["));
}

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

function disarm(text: string): string {
  return text.replaceAll("@", `@${BREAK}`).replaceAll(CLOSING, `$1${BREAK}$2`);
}

/** As a code span, whatever it contains. */
export function inlineCode(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ").replaceAll("`", "'").trim();
  return flat === "" ? "` `" : `\`${flat}\``;
}

/** As a fenced block that its content cannot end. */
export function codeBlock(text: string, language = ""): string {
  let fence = "```";
  while (text.includes(fence)) fence += "`";
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A table cell: one line, no bars. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

/** Cut at a line within GitHub's limit, saying so. */
export function bounded(body: string, limit: number = LIMITS.commentCharacters): string {
  if (body.length <= limit) return body;
  const cut = body.slice(0, limit - 100);
  return `${cut.slice(0, Math.max(cut.lastIndexOf("\n"), 0))}\n\n_…cut: the text was longer than GitHub allows._`;
}
