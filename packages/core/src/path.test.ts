import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { branchName, isSafeBranch } from "./path.ts";

it("makes a branch name that git takes, from any title", () => {
  const titles = fc.sample(fc.string({ unit: "binary", maxLength: 200 }), 200);
  const names = titles.map((title) => branchName(7, title));

  for (const name of names) expect(isSafeBranch(name), name).toBe(true);
  const checked = names
    .slice(0, 40)
    .map((name) => spawnSync("git", ["check-ref-format", "--branch", name]).status);
  expect(new Set(checked)).toEqual(new Set([0]));
});

it.each(["-x", "a..b", "a//b", "$(id)", "a;id", "a|b", "a b", "a.lock", "x/.y", "a/", "", "é", "a@{1}"])(
  "refuses the branch %j",
  (name) => {
    expect(isSafeBranch(name)).toBe(false);
  },
);

it.each(["main", "release/2.x", "feature/a-b_c"])("takes the branch %s", (name) => {
  expect(isSafeBranch(name)).toBe(true);
});
