import { describe, expect, it } from "vitest";
import type { CheckRun, CommitStatus } from "../world/types.ts";
import { missingChecks } from "./required-check.ts";

const run = (name: string, conclusion: CheckRun["conclusion"]) => ({ headSha: "sha", name, conclusion });
const status = (context: string, state: CommitStatus["state"]) => ({ sha: "sha", context, state });

describe("required checks", () => {
  it.each([
    ["none are required", [], [], [], []],
    ["it ran", ["ci"], [run("ci", "success")], [], []],
    ["it was skipped", ["ci"], [run("ci", "skipped")], [], []],
    ["a status stands for it", ["ci"], [], [status("ci", "success")], []],
    ["it has not begun", ["ci"], [], [], ['Required status check "ci" is expected.']],
    ["it is going on", ["ci"], [run("ci", null)], [], ['Required status check "ci" is expected.']],
    [
      "its status is pending",
      ["ci"],
      [],
      [status("ci", "pending")],
      ['Required status check "ci" is expected.'],
    ],
    ["it failed", ["ci"], [run("ci", "failure")], [], ['Required status check "ci" is failing.']],
    ["it failed and then ran", ["ci"], [run("ci", "failure"), run("ci", "success")], [], []],
    ["two have not begun", ["ci", "lint"], [], [], ["2 of 2 required status checks are expected."]],
    [
      "two of three failed",
      ["ci", "lint", "docs"],
      [run("ci", "failure"), run("docs", "success")],
      [status("lint", "error")],
      ["2 of 3 required status checks are failing."],
    ],
    [
      "one failed and one has not begun",
      ["ci", "lint"],
      [run("ci", "cancelled")],
      [],
      ["2 of 2 required status checks have not succeeded: 1 expected and 1 failing."],
    ],
  ] as const)("when %s", (_when, required, checkRuns, statuses, said) => {
    expect(missingChecks({ checkRuns, statuses }, "sha", required)).toEqual(said);
  });
});
