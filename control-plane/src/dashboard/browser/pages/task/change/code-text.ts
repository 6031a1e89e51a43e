import { type ComponentChild, h } from "preact";

const CHARACTERS = 2_000;
/** What is not seen, or moves what is: control and format characters, but the tab. */
const UNSEEN = /((?!\t)[\p{Cc}\p{Cf}\u2028\u2029])/u;

/**
 * A line or a path of a change, as text. Characters that would hide or turn it round on the screen are named; a line
 * too long for anybody to read is cut and says so.
 */
export function codeText(text: string): ComponentChild[] {
  const shown = text.slice(0, CHARACTERS).toWellFormed();
  const parts: ComponentChild[] = shown
    .split(UNSEEN)
    .map((part, index) => (index % 2 === 0 ? part : h("span", { class: "unseen" }, nameOf(part))));
  if (text.length > CHARACTERS) {
    const more = (text.length - CHARACTERS).toLocaleString("en-US");
    parts.push(h("span", { class: "unseen" }, `… ${more} more characters`));
  }
  return parts;
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
