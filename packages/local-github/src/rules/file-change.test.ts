import { describe, expect, it } from "vitest";
import { isSafePath } from "./file-change.ts";

describe("a path in a commit", () => {
  it.each([
    ["a/b.txt", true],
    [".github/x", true],
    [".gitignore", true],
    ["", false],
    ["/a", false],
    ["a/", false],
    ["a//b", false],
    ["../a", false],
    ["a/../b", false],
    ["./a", false],
    [".git/config", false],
    ["a/.GIT/config", false],
    ["a\0b", false],
    ["a/.Git", false],
    [".git.", false],
    [".git ", false],
    [".git . .", false],
    ["GIT~1/config", false],
    ["git~2", false],
    [".git::$INDEX_ALLOCATION/config", false],
    [".git\\config", false],
    [".g\u200cit/config", false],
    ["\ufeff.git", false],
    [".gitmodules", true],
    ["git~x", true],
    ["a.git", true],
  ])("%j is safe: %s", (path, safe) => {
    expect(isSafePath(path)).toBe(safe);
  });
});
