import { showHidden } from "@aicd/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actsOf, HOSTILE, hostileText, readable, render } from "../testing/rendered.ts";
import {
  cell,
  codeCell,
  codeSpan,
  fence,
  heading,
  line,
  link,
  listItem,
  paragraph,
  quote,
  summary,
} from "./index.ts";

const row = (text: string) => `| a | b |\n|---|---|\n| ${text} | z |`;

/** Each place, with text in it and something of ours around it. */
const PLACES: [string, (text: string) => string][] = [
  ["a line", (text) => `ours ${line(text)} ours`],
  ["a line in emphasis", (text) => `ours _x${line(text)}x_ ours`],
  ["a paragraph", (text) => `ours\n\n${paragraph(text)}\n\nours`],
  ["a paragraph behind a word", (text) => `**Why** ${paragraph(text)}\n\nours`],
  ["a quote", (text) => ["ours", "", ...quote(text), "", "ours"].join("\n")],
  ["a list item", (text) => `- ${listItem(text)}\n- ours`],
  ["a numbered item", (text) => `1. ${listItem(text)}\n2. ours`],
  ["a heading", (text) => `## ours: ${heading(text)}\n\nours`],
  ["a cell", (text) => row(cell(text))],
  ["a summary", (text) => `<details><summary>x${summary(text)}x</summary>\n\nours\n\n</details>`],
  ["a link of ours", (text) => link({ text: line(`x ${text} x`), to: "https://github.com/a/b" })],
];
const EXACT: [string, (text: string) => string][] = [
  ["a code span", (text) => `ours ${codeSpan(text)} ours`],
  ["a code span in a cell", (text) => row(codeCell(text))],
  ["a code span in a list", (text) => `- ${codeSpan(text)}`],
];

/** Hostile texts as they are, then any; each is said to fit or not by `check`. */
function everyText(check: (text: string) => void): void {
  for (const text of HOSTILE) check(text);
  fc.assert(fc.property(hostileText, check), { numRuns: 60 });
}

describe.each(PLACES)("words in %s", (_, place) => {
  it("are shown as they are, and do nothing", () => {
    const ours = render(place("word")).skeleton;
    const frame = readable(render(place("word")).text).split("word");

    everyText((text) => {
      const shown = render(place(text));
      expect(shown.skeleton).toEqual(ours);
      expect(actsOf(shown.words)).toEqual([]);
      expect(readable(shown.text)).toBe([frame[0], readable(text), ...frame.slice(1)].join(""));
    });
  });
});

describe.each(EXACT)("words in %s", (_, place) => {
  it("are shown character by character", () => {
    const ours = render(place("word")).skeleton;

    everyText((text) => {
      const shown = render(place(text));
      expect(shown.skeleton).toEqual(ours);
      const exact = showHidden(text)
        .replaceAll("\r", "⟨U+000D⟩")
        .replaceAll("\n", "⟨U+000A⟩")
        .replaceAll("\t", " ");
      expect(shown.code.join("").replaceAll("\u2060", "").replaceAll("\t", " ").trim()).toBe(exact.trim());
    });
  });
});

it("a fence shows its text line by line, and its text does not end it", () => {
  everyText((text) => {
    const { code, skeleton } = render(`ours\n\n${fence(text, "text")}\n\nours`);
    expect(skeleton).toEqual(["PRE"]);
    expect(code).toEqual([`${showHidden(text.replaceAll(/\r\n?/g, "\n"))}\n`]);
  });
});

it("takes time in proportion to the length of what is written", () => {
  const before = process.cpuUsage();
  for (const piece of ["`", "`` ` ", "_", "@", "fix #", ":a", "\\", "\u200b", "| ", "&#", "- ", "#"]) {
    for (const [, place] of [...PLACES, ...EXACT]) place(piece.repeat(20_000 / piece.length));
  }
  const { user } = process.cpuUsage(before);

  expect(user / 1_000).toBeLessThan(5_000);
});
