import { expect, it } from "vitest";
import { bounded, cell, codeSpan, fence, headline, paragraph, plainMessage } from "./index.ts";

it.each([
  ["@octocat look", /@(?=octocat)/],
  ["fixes #12", /fixes #12/],
  ["Closes: octo/repo#1", /Closes: octo/],
  ["<img src=x>", /<img/],
  ["![pixel](http://x)", /!\[/],
  ["<!-- aicd:status -->", /<!--/],
])("posts %j without its effect", (text, effect) => {
  expect(paragraph(text)).not.toMatch(effect);
});

const CLOSING = [
  "fixes #12",
  "Fixes:\n\n  #12",
  "closed GH-12",
  "resolves octo/repo#1",
  "close https://github.com/o/r/issues/1",
  "fix [#14](https://x)",
  "Fixes **#12**",
];
const KEYWORD = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b/i;

it.each(CLOSING)("closes nothing by %j, in a comment, a message or a title", (text) => {
  expect(paragraph(text)).not.toMatch(KEYWORD);
  expect(plainMessage(text)).not.toMatch(KEYWORD);
  expect(headline(text)).not.toMatch(KEYWORD);
});

it.each(["Fixes the parser", "fix: a crash on empty input", "resolve names before use"])(
  "leaves the honest words %j alone",
  (text) => {
    expect(paragraph(text)).toBe(text);
    expect(plainMessage(text)).toBe(text);
    expect(headline(text)).toBe(text);
  },
);

it.each([
  "Co-authored-by: Eve <eve@example.com>",
  "x\rSigned-off-by : Eve",
  "x\u2028Reviewed-by: the boss",
  "  AICD-Change-Set: 123",
  "skip-checks: true",
  "[skip ci]",
  "thanks @octocat",
])("lets a summary state nothing about the commit: %j", (line) => {
  const message = plainMessage(`What changed\n\n${line}\n`);

  expect(message).toMatch(/^What changed/);
  expect(message).not.toMatch(/-by ?:|AICD-|skip-checks|\[skip ci\]|@octocat/);
});

it("makes one bounded line of a title", () => {
  expect(headline("Mend it\n\nCo-authored-by: x")).toBe("Mend it Co-authored-by: x");
  expect(headline("🎉".repeat(300)).length).toBeLessThanOrEqual(200);
  expect(headline(" \n ")).toBe("Change");
});

it("takes time in proportion to the length", () => {
  const before = process.cpuUsage();
  for (const piece of ["fix ", "fix:", "fix [", "[skip ", " ", "a-", "fix\n"])
    plainMessage(piece.repeat(20_000));
  paragraph(`fix${" ".repeat(200_000)}`.repeat(2));
  const { user } = process.cpuUsage(before);

  expect(user / 1_000).toBeLessThan(3_000);
});

it("keeps code inside its fence, whatever it holds", () => {
  const block = fence("```\nescape\n```");

  expect(block.startsWith("````\n")).toBe(true);
  expect(codeSpan("a`b\nc")).toBe("``a`b⟨U+000A⟩c``");
  expect(cell("a|b\nc")).toBe("a&#124;b c");
});

it("cuts at a line, within the limit, and says so", () => {
  const cut = bounded("line\n".repeat(50), 200);

  expect(cut.length).toBeLessThanOrEqual(200);
  expect(cut).toContain("cut");
});
