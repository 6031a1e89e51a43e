import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { renderMarkdown } from "./markdown.ts";
import { shortHashes, tell } from "./words.ts";

const SHA = "37b82d9fcda4617e7fc118f15f0f857b1eef5bd8";

it.each([
  ["revoked an installation token", undefined],
  ["reacted rocket to IC_kwDOY29tbWVudDozNDAwMDAwMDAz", "reacts 🚀"],
  ["dispatched .github/workflows/aicd.yml as run 18000000001", "starts a runner in GitHub Actions"],
  [`committed ${SHA} to aicd/issue-1`, "commits 37b82d9 to aicd/issue-1"],
  [`did something new with ${SHA}`, "did something new with 37b82d9"],
])("tells %j as %j", (summary, words) => {
  expect(tell(summary)).toBe(words);
});

it("shortens hashes wherever they stand", () => {
  expect(shortHashes(`Changed in ${SHA}: x`)).toBe("Changed in 37b82d9: x");
});

it("shows Markdown as a terminal does, without its marks", () => {
  const text =
    "<!-- aicd -->\n### Proof\n\n| when | `c` |\n|---|---|\n| before | x |\n\n- **b** [run](http://x/1)\n";

  expect(stripVTControlCharacters(renderMarkdown(text))).toBe(
    "Proof\n\n  when     c\n  before   x\n\n• b run (http://x/1)",
  );
});
