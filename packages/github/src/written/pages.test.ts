import { expect, it } from "vitest";
import { render } from "../testing/rendered.ts";
import { bounded, fence, pages } from "./index.ts";

it("a text that is too long for one comment goes on in the next, under the same heads, and nothing of it is lost", () => {
  const row = (index: number) => `| row${index} | ${"x".repeat(80)} |`;
  const rows = Array.from({ length: 60 }, (_, index) => row(index));

  const all = pages(
    [
      { lines: ["## Plan", "", "Words.", ""] },
      { head: ["| a | b |", "|---|---|"], lines: rows, end: [""] },
      { lines: ["approve"] },
    ],
    { again: "## Plan, continued", limit: 1_000 },
  );

  expect(all.length).toBeGreaterThan(5);
  expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
  const shown = all.map((page) => render(page).text).join("\n");
  for (let index = 0; index < 60; index++) expect(shown).toContain(`row${index}\n`);
  expect(all.slice(1).every((page) => page.startsWith("## Plan, continued\n"))).toBe(true);
  expect(all.filter((page) => page.includes("| row")).every((page) => page.includes("|---|"))).toBe(true);
  expect(all.at(-1)).toMatch(/approve$/);
});

it("a text that fits is one comment", () => {
  expect(pages([{ lines: ["a", "b"] }], { again: "x" })).toEqual(["a\nb"]);
});

it("a cut within a fence and its details closes both, so that the note is read", () => {
  const body = `<details><summary>x</summary>\n\n${fence("line `````\n".repeat(200), "diff")}\n\n</details>\n\nend`;

  const cut = bounded(body, 1_000);

  expect(cut.length).toBeLessThanOrEqual(1_000);
  const { words, skeleton } = render(cut);
  expect(words).toContain("cut: the text was longer");
  expect(skeleton).toEqual(["DETAILS", "SUMMARY", "PRE", "EM"]);
});
