import { showHidden } from "@aicd/core";
import { disarm, disarmKeywords } from "./disarm.ts";
import { codeOf, literalLine, literalStart } from "./literal.ts";

/*
 * How somebody else's words are written under our name, one function for each place they may stand in. All show
 * what was said, character by character, and do nothing: no mention, no closing keyword, no link, image or HTML, no
 * mark of ours, and nothing that ends the place they stand in. Characters that hide are written out.
 */

const LINE_END = /\r\n?|\n/g;

/** Within a line of ours, or as one. */
export function line(text: string): string {
  return literalStart(oneLine(text), "prose");
}

/** As one or more paragraphs of their own. Lists with `- ` stay lists; all other Markdown is shown as it was typed. */
export function paragraph(text: string): string {
  const lines = disarmKeywords(showHidden(text.replaceAll(LINE_END, "\n")))
    .split("\n")
    .map((each) => each.replaceAll(/\s+/g, " ").trim());
  const written = lines.map((each) => {
    const item = /^- (?=\S)/.test(each) ? each.slice(2) : undefined;
    return item === undefined ? literalStart(each, "prose") : `- ${literalStart(item, "prose")}`;
  });
  return written
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .replaceAll(/^\n+|\n+$/g, "");
}

/** In a quote: nothing that is begun in it goes on behind it. */
export function quote(text: string): string[] {
  return paragraph(text)
    .split("\n")
    .map((each) => `> ${each}`.trimEnd());
}

/** Behind `- ` or `1. `. */
export function listItem(text: string): string {
  return line(text);
}

/** Behind `## `. */
export function heading(text: string): string {
  return line(text);
}

/** Between the bars of a table. */
export function cell(text: string): string {
  return literalLine(oneLine(text), "cell");
}

/** Between `<summary>` and its end, where GitHub reads HTML. */
export function summary(text: string): string {
  return disarm(oneLine(text)).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A link of ours. @param link.to a URL of ours, or of GitHub's */
export function link({ text, to }: { text: string; to: string }): string {
  const target = to.replaceAll(
    /[()<>\\\s]/g,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `[${text}](${target})`;
}

/** A name, path or command, exactly. */
export function codeSpan(text: string): string {
  return codeOf(exactly(text), "prose");
}

/** The same between the bars of a table. */
export function codeCell(text: string): string {
  return codeOf(exactly(text), "cell");
}

/** A block that its content cannot end. */
export function fence(text: string, language = ""): string {
  const shown = showHidden(text.replaceAll(LINE_END, "\n"));
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${shown}\n${ticks}`;
}

function oneLine(text: string): string {
  return showHidden(text.replaceAll(LINE_END, " ")).replaceAll(/\s+/g, " ").trim();
}

/** A line end in a name is part of the name. */
function exactly(text: string): string {
  return showHidden(text).replaceAll(LINE_END, (end) =>
    [...end].map((char) => `⟨U+000${char === "\r" ? "D" : "A"}⟩`).join(""),
  );
}
