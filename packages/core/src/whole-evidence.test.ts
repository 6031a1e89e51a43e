import { expect, it } from "vitest";
import { Evidence } from "./evidence.ts";
import { wholeEvidence } from "./whole-evidence.ts";

const run = (exitCode: number, passed: number) => ({
  ...{ command: "npm test", exitCode, durationMs: 1, outputTail: "" },
  tests: { passed, failed: exitCode, skipped: 0 },
});
const none = { fixed: [], broken: [], added: [], gone: [] };
const round = (part: object) =>
  Evidence.parse({ setup: [], before: [], after: [], sandbox: "bwrap", ...part });

it("one round is its own proof", () => {
  const only = round({ before: [run(1, 3)], after: [run(0, 4)] });

  expect(wholeEvidence([only])).toEqual(only);
});

it("begins before the first round, ends after the last, and keeps the proof of the bug", () => {
  const first = round({ before: [run(1, 3)], reproduction: [run(1, 3)], after: [run(0, 4)] });
  const second = round({ before: [run(0, 4)], reproduction: [], after: [run(0, 5)] });

  expect(wholeEvidence([first, second])).toMatchObject({
    before: [{ tests: { passed: 3 } }],
    reproduction: [{ exitCode: 1 }],
    after: [{ tests: { passed: 5 } }],
  });
});

it("of a round in which nothing was run, the next one has the beginning", () => {
  const second = round({ before: [run(1, 3)], after: [run(0, 4)] });

  expect(wholeEvidence([round({}), second]).before).toEqual(second.before);
});

it.each([
  ["fixed, then left alone", [{ fixed: ["a"] }, {}], { fixed: ["a"] }],
  ["fixed, then broken again", [{ fixed: ["a"] }, { broken: ["a"] }], {}],
  ["broken, then fixed", [{ broken: ["a"] }, { fixed: ["a"] }], {}],
  ["new, then gone", [{ added: ["a"] }, { gone: ["a"] }], {}],
  ["gone, then back", [{ gone: ["a"] }, { added: ["a"] }], {}],
  ["new, then red", [{ added: ["a"] }, { broken: ["a"] }], { broken: ["a"] }],
  ["fixed, and one more later", [{ fixed: ["a"] }, { added: ["b"] }], { fixed: ["a"], added: ["b"] }],
])("a test that was %s", (_, rounds, expected) => {
  const [first = {}, ...rest] = rounds.map((changes) => round({ testChanges: { ...none, ...changes } }));

  expect(wholeEvidence([first as Evidence, ...rest]).testChanges).toEqual({ ...none, ...expected });
});

it("doubts of every round stay, each once", () => {
  const doubt = { path: "a.test.js", what: "More tests are skipped than before." };

  expect(wholeEvidence([round({ weakened: [doubt] }), round({ weakened: [doubt] })]).weakened).toEqual([
    doubt,
  ]);
});
