import type { ChangeSet, CommandRun, Evidence, Plan } from "@aicd/core";
import { expect, it } from "vitest";
import { isProven } from "./proven.ts";

const PLAN: Plan = {
  title: "Mend",
  understanding: "It is wrong.",
  cause: "A typo.",
  files: [{ path: "sum.js", change: "Mend it." }],
  tests: [],
  checks: [],
  risks: [],
  questions: [],
  estimate: { changedLines: 4, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
};
const run = (failed: number): CommandRun => ({
  command: "npm test",
  exitCode: failed === 0 ? 0 : 1,
  durationMs: 1,
  tests: { passed: 3, failed, skipped: 0 },
  outputTail: "",
});
const EVIDENCE: Evidence = {
  setup: [],
  before: [run(0)],
  after: [run(0)],
  reproduction: [run(1)],
  weakened: [],
  sandbox: "process",
};
const file = (path: string) =>
  ({ kind: "write", path, mode: "100644", baseMode: "100644", contentBase64: "" }) as const;
const changes = (...files: ChangeSet["files"]): ChangeSet => ({
  baseSha: "b",
  title: "",
  summary: "",
  files,
});
const diffOf = (path: string, count: number) =>
  [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`, `@@ -1 +1,${count} @@`]
    .concat(Array.from({ length: count }, (_, line) => `+line ${line}`))
    .join("\n");
const GOOD = {
  plan: PLAN,
  changeSet: changes(file("sum.js"), file("sum.test.js")),
  evidence: EVIDENCE,
  diff: `${diffOf("sum.js", 4)}\n${diffOf("sum.test.js", 90)}`,
};
const none = { fixed: [], broken: [], added: [], gone: [] };

it("is a small change as planned, whose new tests fail without it and pass with it", () => {
  expect(isProven(GOOD)).toBe(true);
});

it.each<[string, Partial<typeof GOOD>]>([
  ["new tests that pass without it", { evidence: { ...EVIDENCE, reproduction: [run(0)] } }],
  ["no new tests", { evidence: { ...EVIDENCE, reproduction: [] } }],
  [
    "tests that could not even be run without it",
    { evidence: { ...EVIDENCE, reproduction: [{ ...run(1), tests: null }] } },
  ],
  ["a check that fails with it", { evidence: { ...EVIDENCE, after: [run(1)] } }],
  ["weaker tests", { evidence: { ...EVIDENCE, weakened: [{ path: "sum.test.js", what: "skipped" }] } }],
  ["a test that is gone", { evidence: { ...EVIDENCE, testChanges: { ...none, gone: ["adds"] } } }],
  ["a file nobody planned", { changeSet: changes(file("sum.js"), file("more.js"), file("sum.test.js")) }],
  [
    "a file that is no code",
    {
      plan: { ...PLAN, files: [{ path: "a.yml", change: "x" }] },
      changeSet: changes(file("a.yml"), file("sum.test.js")),
    },
  ],
  ["a file that is gone", { changeSet: changes({ kind: "delete", path: "sum.js" }, file("sum.test.js")) }],
  ["more lines than was said", { diff: diffOf("sum.js", 41) }],
  ["a large plan", { plan: { ...PLAN, estimate: { ...PLAN.estimate, changedLines: 400 } } }],
  ["an open question", { plan: { ...PLAN, questions: ["Which?"] } }],
])("is none with %s", (_, change) => {
  expect(isProven({ ...GOOD, ...change })).toBe(false);
});
