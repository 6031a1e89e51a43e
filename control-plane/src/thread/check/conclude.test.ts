import { Evidence, TASK_STATES, type TaskState } from "@aicd/core";
import { describe, expect, it } from "vitest";
import { concludeCheck } from "./conclude.ts";

const run = (
  exitCode: number | null,
  command = "npm test",
  tests: Evidence["after"][number]["tests"] = null,
) => ({
  ...{ command, exitCode, durationMs: 1, tests, outputTail: "" },
});
const evidence = (given: Partial<Evidence> = {}) =>
  Evidence.parse({ setup: [], before: [], after: [], sandbox: "bwrap", ...given });
const changes = (given: Partial<NonNullable<Evidence["testChanges"]>>) => ({
  testChanges: { fixed: [], broken: [], added: [], gone: [], ...given },
});
const PROVEN = evidence({ before: [run(0)], after: [run(0)] });

function said(state: TaskState, change: Evidence | undefined, partial = false): string {
  const { standing } = concludeCheck({
    ...{ state, round: 2 },
    change: change === undefined ? undefined : { evidence: change, partial },
  });
  return standing.status === "completed" ? standing.conclusion : standing.status;
}

/** What a proven change, an unproven one and somebody else's commit are called in each state. */
const STATES: Record<TaskState, [proven: string, unproven: string, others: string]> = {
  QUEUED: ["queued", "queued", "queued"],
  PLANNING: ["in_progress", "in_progress", "in_progress"],
  AWAITING_APPROVAL: ["action_required", "action_required", "action_required"],
  NEEDS_INPUT: ["action_required", "action_required", "action_required"],
  CODING: ["in_progress", "in_progress", "in_progress"],
  REVIEWING: ["in_progress", "in_progress", "in_progress"],
  BLOCKED: ["action_required", "action_required", "action_required"],
  PUBLISHING: ["in_progress", "in_progress", "in_progress"],
  PR_OPEN: ["success", "neutral", "neutral"],
  FAILED: ["action_required", "action_required", "action_required"],
  MERGED: ["success", "neutral", "neutral"],
  CLOSED: ["neutral", "neutral", "neutral"],
  CANCELLED: ["neutral", "neutral", "neutral"],
};

describe("a check run", () => {
  it.each(TASK_STATES)("of a task that is %s", (state) => {
    expect([said(state, PROVEN), said(state, evidence()), said(state, undefined)]).toEqual(STATES[state]);
  });

  it.each<[string, string, Evidence, string]>([
    ["no check ran", "neutral", evidence(), "nothing is proven"],
    ["all checks pass", "success", PROVEN, "Checks pass"],
    [
      "tests pass, and some are mended and new",
      "success",
      evidence({
        after: [run(0, "npm test", { passed: 12, failed: 0, skipped: 0 })],
        ...changes({ fixed: ["a"], added: ["b", "c"] }),
      }),
      "Checks pass: 12 tests, 1 mended, 2 new",
    ],
    [
      "a test broke",
      "failure",
      evidence({ before: [run(1)], after: [run(1)], ...changes({ broken: ["adds"] }) }),
      "1 test fail",
    ],
    ["a check broke", "failure", evidence({ before: [run(0)], after: [run(2)] }), "1 check passed before"],
    [
      "a check was red before",
      "neutral",
      evidence({ before: [run(1)], after: [run(1)] }),
      "as they did before",
    ],
    ["a new check is red", "neutral", evidence({ after: [run(1)] }), "as they did before"],
    ["a check was stopped", "neutral", evidence({ before: [run(0)], after: [run(null)] }), "stopped"],
    [
      "tests were weakened",
      "neutral",
      evidence({ after: [run(0)], weakened: [{ path: "a.test.ts", what: "skipped" }] }),
      "weakened",
    ],
  ])("where %s is %s", (_what, conclusion, change, title) => {
    const concluded = concludeCheck({
      state: "PR_OPEN",
      round: 1,
      change: { evidence: change, partial: false },
    });

    expect(concluded).toMatchObject({ standing: { conclusion } });
    expect(concluded.title).toContain(title);
  });

  it("of unfinished work is never green", () => {
    expect(said("PR_OPEN", PROVEN, true)).toBe("neutral");
  });
});
