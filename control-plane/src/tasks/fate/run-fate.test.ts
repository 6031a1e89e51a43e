import { expect, it } from "vitest";
import { fateOfRun } from "./run-fate.ts";

it.each([
  ["dispatched", { status: "queued", conclusion: null }, { kind: "wait" }],
  ["dispatched", { status: "waiting", conclusion: null }, { kind: "wait" }],
  ["dispatched", { status: "pending", conclusion: null }, { kind: "wait" }],
  ["dispatched", { status: "in_progress", conclusion: null }, { kind: "wait" }],
  ["dispatched", { status: "a status of next year", conclusion: null }, { kind: "wait" }],
  ["dispatched", { status: "completed", conclusion: "cancelled" }, { kind: "cancelled" }],
  ["dispatched", { status: "completed", conclusion: "failure" }, { reason: "runner_never_started" }],
  ["dispatched", { status: "completed", conclusion: null }, { reason: "runner_never_started" }],
  ["dispatched", undefined, { reason: "runner_never_started" }],
  ["leased", { status: "in_progress", conclusion: null }, { reason: "runner_lost" }],
  ["leased", { status: "completed", conclusion: "timed_out" }, { reason: "runner_lost" }],
  ["leased", { status: "completed", conclusion: "cancelled" }, { kind: "cancelled" }],
  ["leased", undefined, { reason: "runner_lost" }],
] as const)("K3: a %s attempt whose run is %j: %j", (attempt, run, fate) => {
  expect(fateOfRun(attempt, run)).toMatchObject(fate);
});
