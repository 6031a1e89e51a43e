import type { ChangeSet, CommandRun, Evidence, Plan } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { findUnproven } from "./unproven.ts";

const plan: Plan = {
  title: "t",
  understanding: "u",
  cause: "c",
  files: [{ path: "src/a.ts", change: "x" }],
  tests: [],
  checks: [],
  risks: [],
  questions: [],
  estimate: { changedLines: 1, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
};
const green: CommandRun = {
  command: "npm test",
  exitCode: 0,
  durationMs: 1,
  tests: { passed: 2, failed: 0, skipped: 0 },
  outputTail: "",
};
const red: CommandRun = { ...green, exitCode: 1, tests: { passed: 1, failed: 1, skipped: 0 } };
const proven: Evidence = {
  setup: [],
  before: [green],
  after: [green],
  reproduction: [red],
  sandbox: "process",
};

function changing(...paths: string[]): ChangeSet {
  const write = { kind: "write", mode: "100644", baseMode: "100644", contentBase64: "" } as const;
  return {
    baseSha: "0".repeat(40),
    title: "t",
    summary: "",
    files: paths.map((path) => ({ ...write, path })),
  };
}

function found(paths: string[], evidence: Partial<Evidence> = {}): string[] {
  const work = {
    changeSet: changing(...paths),
    evidence: { ...proven, ...evidence },
    plan,
    isRevision: false,
  };
  return findUnproven(work).map(({ why }) => why.split("\n")[0] ?? "");
}

const BOTH = ["src/a.ts", "src/a.test.ts"];
const gone = { fixed: [], broken: [], added: [], gone: ["adds"] };

describe("findUnproven", () => {
  it.each([
    ["no test", ["src/a.ts"], {}, "The change has no test"],
    ["tests only", ["src/a.test.ts"], { reproduction: [] }, "Only tests are changed"],
    [
      "tests that pass without the change",
      BOTH,
      { reproduction: [green] },
      "The new tests pass without the change",
    ],
    ["tests that are gone", BOTH, { testChanges: gone }, "Tests that ran before are deleted or skipped"],
  ])("asks about %s", (_, paths, evidence, words) => {
    expect(found(paths, evidence)).toEqual([expect.stringContaining(words)]);
  });

  it.each([
    ["a change its tests prove", BOTH, {}],
    ["words about the code", ["README.md"], { reproduction: [] }],
    ["a repository whose checks count no tests", ["src/a.ts"], { after: [{ ...green, tests: null }] }],
  ])("has nothing to ask about %s", (_, paths, evidence) => {
    expect(found(paths, evidence)).toEqual([]);
  });
});
