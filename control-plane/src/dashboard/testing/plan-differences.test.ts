import { expect, it } from "vitest";
import { differencesOf } from "../browser/pages/task/plan/differences.ts";

const PLAN = {
  title: "Round once",
  understanding: "Sums are wrong.",
  cause: "Rounded twice.",
  files: [
    { path: "a.js", change: "Round." },
    { path: "b.js", change: "Draw." },
  ],
  tests: ["sums"],
  checks: ["npm test", "npm run lint"],
  risks: [],
  questions: [],
  estimate: { changedLines: 4, lowUsd: 0.1, likelyUsd: 0.2, highUsd: 0.4 },
};

it("tells what a newer version changed, gave up and added, and nothing of a new order", () => {
  const after = {
    ...PLAN,
    files: [
      { path: "c.js", change: "Print." },
      { path: "a.js", change: "Round once." },
    ],
    tests: ["sums", "draws"],
    checks: ["npm run lint", "npm test"],
    estimate: { ...PLAN.estimate, changedLines: 8 },
  };

  expect(differencesOf(PLAN, after)).toEqual([
    { where: "a.js", isPath: true, before: "Round.", after: "Round once." },
    { where: "b.js", isPath: true, before: "Draw.", after: undefined },
    { where: "c.js", isPath: true, before: undefined, after: "Print." },
    { where: "Tests", isPath: false, before: undefined, after: "draws" },
    {
      ...{ where: "Estimate", isPath: false },
      before: "$0.2 ($0.1 to $0.4), 4 lines",
      after: "$0.2 ($0.1 to $0.4), 8 lines",
    },
  ]);
});

it("finds nothing between a plan and its twin", () => {
  expect(differencesOf(PLAN, structuredClone(PLAN))).toEqual([]);
});
