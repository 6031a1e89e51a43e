/** Shows as nothing, and takes the meaning from what it stands in. */
export const BREAK = "\u2060";
/** A closing keyword and, after blanks and markup, an issue: `#12`, `GH-12`, `owner/repo#1`, a URL, `[#14](`. */
const CLOSING =
  /(?<![a-z\d])(c|f|r)(lose[sd]?|ix(?:e[sd])?|esolve[sd]?)(?=[\s\p{P}\p{S}]+(?:(?<=#)\d|gh-|https?:|[\w.-]{1,100}\/))/giu;
/** What GitHub makes a link of by itself. */
const LINK = /(?<=:)(?=\/\/)|(?<=www)(?=\.)/gi;
/** An emoji's name between colons. */
const EMOJI = /:(?=[\w+-]{1,60}:)/g;

/** No mention and no closing keyword, wherever it stands. */
export function disarm(text: string): string {
  return disarmKeywords(text.replaceAll("@", `@${BREAK}`));
}

/** A keyword closes an issue that is named in the next line, too: to be said of whole texts. */
export function disarmKeywords(text: string): string {
  return text.replaceAll(CLOSING, `$1${BREAK}$2`);
}

/** Nor a link, or a picture by name, where GitHub would make one of plain words. */
export function disarmProse(text: string): string {
  return disarm(text).replaceAll(LINK, BREAK).replaceAll(EMOJI, `:${BREAK}`);
}
