import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { isRefName } from "./refs.ts";

describe("a ref name", () => {
  it.each([
    "refs/heads/main",
    "refs/heads/aicd/issue-1-fix",
    "refs/heads/a..b",
    "refs/heads/.hidden",
    "refs/heads/x/.y",
    "refs/heads/x.lock",
    "refs/heads/x.lock/y",
    "refs/heads/",
    "refs/heads//x",
    "refs/heads/x/",
    "refs/heads/x.",
    "refs/heads/x y",
    "refs/heads/x~1",
    "refs/heads/x^",
    "refs/heads/x:y",
    "refs/heads/x?",
    "refs/heads/x*",
    "refs/heads/x[",
    "refs/heads/x\\y",
    "refs/heads/x@{y",
    "refs/heads/@",
    "refs/heads/-x",
    "refs/heads/é",
    "refs/heads/x\u007f",
    "refs/heads/x\ty",
  ])("is judged as git judges it: %j", (name) => {
    const { status } = spawnSync("git", ["check-ref-format", name]);

    expect(isRefName(name)).toBe(status === 0);
  });
});
