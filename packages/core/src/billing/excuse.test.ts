import { expect, it } from "vitest";
import { FAILURE_REASONS } from "../attempt.ts";
import { mayPass } from "../retry.ts";
import { isExcuse } from "./excuse.ts";

it("whatever we try again by ourselves is not billed twice", () => {
  expect(FAILURE_REASONS.filter((reason) => mayPass(reason) && !isExcuse(reason))).toEqual([]);
});

it.each([
  ["checks_failed", false],
  ["setup_failed", false],
  ["budget_exhausted", false],
  ["plan_exhausted", false],
  ["not_approved_by_critic", false],
  ["runner_lost", true],
  ["sandbox_unavailable", true],
  ["internal_error", true],
  ["no_changes", true],
] as const)("an attempt that ended with %s is excused: %s", (reason, excused) => {
  expect(isExcuse(reason)).toBe(excused);
});
