import { expect, it } from "vitest";
import { bounded, cell, codeBlock, escapeText, inlineCode } from "./escape.ts";

it.each([
  ["@octocat look", /@(?=octocat)/],
  ["fixes #12", /fixes #12/],
  ["Closes: octo/repo#1", /Closes: octo/],
  ["<img src=x>", /<img/],
  ["![pixel](http://x)", /!\[/],
  ["<!-- aicd:status -->", /<!--/],
])("posts %j without its effect", (text, effect) => {
  expect(escapeText(text)).not.toMatch(effect);
});

it("keeps code inside its fence, whatever it holds", () => {
  const block = codeBlock("```\nescape\n```");

  expect(block.startsWith("````\n")).toBe(true);
  expect(inlineCode("a`b\nc")).toBe("`a'b c`");
  expect(cell("a|b\nc")).toBe("a\\|b c");
});

it("cuts at a line, within the limit, and says so", () => {
  const cut = bounded("line\n".repeat(50), 200);

  expect(cut.length).toBeLessThanOrEqual(200);
  expect(cut).toContain("cut");
});
