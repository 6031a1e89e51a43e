import { LIMITS } from "@aicd/core";

/**
 * Makes somebody else's words safe to post under our name: no mention, no closing keyword, no HTML,
 * no image, no marker of ours.
 */
export function escapeText(text: string): string {
  return text
    .replaceAll("<", "&lt;")
    .replaceAll("@", "@\u2060")
    .replaceAll("![", "!\\[")
    .replace(/\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s{1,5})(#|https?:|[\w.-]{1,100}\/)/gi, "$1$2\\$3");
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
