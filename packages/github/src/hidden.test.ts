import { addedHidden, hidesInPath } from "@aicd/core";
import { expect, it } from "vitest";
import { sanitize } from "./sanitize.ts";

/** Layout in a text, and no part of a name; NUL has rules of its own, and a return becomes a new line. */
const LAYOUT = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d]);
/** What Unicode knows as showing nothing, and all that steers how others show. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufff9-\ufffb]/u;

it("what nobody sees is the same in texts that agents read, in what a change adds, and in names", () => {
  const differs: string[] = [];
  let count = 0;
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point);
    if (LAYOUT.has(point) || !UNSEEN.test(character)) continue;
    count++;
    const text = `a${character}b`;
    const verdicts = [hidesInPath(text), addedHidden(text) !== undefined, sanitize(text).text === "ab"];
    if (verdicts.includes(false)) differs.push(`U+${point.toString(16)}: ${verdicts}`);
  }

  expect(differs).toEqual([]);
  expect(count).toBeGreaterThan(4_000);
});
