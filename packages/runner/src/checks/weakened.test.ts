import { isTestPath } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { findWeakened } from "./weakened.ts";

const TEST = "test('a', () => {\n  expect(1).toBe(1);\n  expect(2).toBe(2);\n});\ntest('b', () => {});\n";

describe("isTestPath", () => {
  it.each([
    "test/a.js",
    "src/a.test.ts",
    "src/a.spec.tsx",
    "pkg/a_test.go",
    "tests/test_a.py",
    "a/test_b.py",
    "spec/a_spec.rb",
    "src/test/java/ATest.java",
    "src/__snapshots__/a.test.ts.snap",
  ])("knows %s for a test", (path) => expect(isTestPath(path)).toBe(true));

  it.each(["src/a.ts", "src/latest.ts", "contest.py", "src/attestation/a.go", "README.md"])(
    "does not take %s for a test",
    (path) => expect(isTestPath(path)).toBe(false),
  );
});

describe("findWeakened", () => {
  it.each([
    ["a deleted file", "a.test.ts", TEST, undefined, "deleted"],
    ["fewer tests", "a.test.ts", TEST, TEST.replace("test('b', () => {});", ""), "1 tests, before 2"],
    ["fewer assertions", "a.test.ts", TEST, TEST.replace("expect(2).toBe(2);", ""), "1 assertions, before 2"],
    ["a skipped test", "a.test.ts", TEST, TEST.replace("test('b'", "test.skip('b'"), "skipped"],
    ["a focused test", "a.test.ts", TEST, TEST.replace("test('b'", "test.only('b'"), "focused"],
    [
      "a skipped test in Python",
      "test_a.py",
      "def test_a():\n  assert 1\n",
      "@pytest.mark.skip\ndef test_a():\n  assert 1\n",
      "skipped",
    ],
    [
      "a skipped test in Go",
      "a_test.go",
      "func TestA(t *testing.T) {\n}",
      "func TestA(t *testing.T) {\n\tt.Skip()\n}",
      "skipped",
    ],
    ["a silenced linter", "a.ts", "let a;", "// eslint-disable-next-line\nlet a;", "silenced"],
    ["a silenced type check in a new file", "b.ts", undefined, "// @ts-ignore\nlet a;", "silenced"],
    ["a changed check", "vitest.config.ts", "a", "b", "configuration"],
    ["nothing but snapshots", "__snapshots__/a.snap", "a", "b", "snapshots"],
  ] as const)("finds %s", (_, path, before, after, what) => {
    expect(findWeakened([{ path, before, after }])).toMatchObject([
      { path, what: expect.stringContaining(what) },
    ]);
  });

  it.each([
    ["a new test", "a.test.ts", TEST, `${TEST}test('c', () => { expect(3).toBe(3); });\n`],
    ["a new file", "b.test.ts", undefined, TEST],
    ["other code", "a.ts", "one", "two"],
    ["a deleted fixture", "test/fixture.json", "{}", undefined],
  ] as const)("has nothing to say about %s", (_, path, before, after) => {
    expect(findWeakened([{ path, before, after }])).toEqual([]);
  });

  it("reads half a megabyte of hostile text quickly", () => {
    const nasty = `${" ".repeat(200_000)}${"it".repeat(100_000)}${"{ skip:".repeat(20_000)}`;
    const started = performance.now();

    findWeakened([{ path: "a.test.ts", before: nasty, after: nasty }]);

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
