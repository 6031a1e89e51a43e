import type { CommandRun, Evidence } from "@aicd/core";
import { expect, it } from "vitest";
import { describeEvidence, withoutOutput } from "./evidence.ts";

const run = (exitCode: number, outputTail: string): CommandRun => ({
  command: "npm test",
  exitCode,
  durationMs: 1,
  tests: { passed: 1, failed: exitCode, skipped: 0 },
  outputTail,
});
const evidence: Evidence = {
  setup: [],
  before: [run(1, "old failure")],
  after: [run(1, "not ok 2 - adds\nnew failure")],
  testChanges: { fixed: ["a"], broken: ["adds"], added: ["b"], gone: [], failing: ["c"] },
  sandbox: "process",
};

it("names tests and shows each failing output once, from its latest run", () => {
  const text = describeEvidence(evidence).join("\n");

  expect(text).toContain("Tests that did not fail before and fail now:\n  adds");
  expect(text).toContain("Tests that failed before the change already:\n  c");
  expect(text).toContain("before the change: `npm test` exit code 1");
  expect(text).not.toContain("old failure");
  expect(text.split("new failure")).toHaveLength(2);
});

it("does not repeat in a finding the output that stands beside it", () => {
  const why =
    "`npm test` ends with exit code 1; these did not fail before: adds:\nnot ok 2 - adds\nnew failure";

  expect(withoutOutput(why, evidence)).not.toContain("new failure");
  expect(withoutOutput(why, undefined)).toBe(why);
});
