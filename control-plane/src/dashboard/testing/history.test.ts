import type { Task } from "@aicd/sdk";
import { expect, it } from "vitest";
import { openHistory, record, stepsOf, withAll } from "../browser/pages/task/timeline/history.ts";

let last = 0;
const fact = (type: string, body: Record<string, unknown> = {}, id = ++last) => ({
  id: `evt_${String(id).padStart(6, "0")}`,
  type,
  at: "2026-01-01T00:00:00.000Z",
  body,
});

it("goes attempt by attempt, with what people did between, and each fact once", () => {
  const history = openHistory();
  const [asked, coding] = [fact("task.queued"), fact("coding.started", { attemptId: "one", number: 1 })];

  record(history, [asked, coding, fact("retry.requested")]);
  record(history, [coding, fact("check.run", { attemptId: "one", exitCode: 0 })]);
  const news = record(history, [asked, fact("coding.started", { attemptId: "two", number: 2 })]);

  expect(news.map(({ text }) => text)).toEqual(["Coding started, attempt 2"]);
  expect(
    history.blocks.map(({ attemptId, lines }) => [attemptId, lines.map(({ told }) => told.text)]),
  ).toEqual([
    [null, ["Asked for"]],
    ["one", ["Coding started", "Check passed"]],
    [null, ["Retry asked for"]],
    ["two", ["Coding started, attempt 2"]],
  ]);
});

it("puts a fact that comes late where it belongs", () => {
  const history = openHistory();

  record(history, [fact("plan.approved", {}, 9_003), fact("plan.proposed", {}, 9_001)]);

  expect(history.blocks[0]?.lines.map(({ told }) => told.text)).toEqual(["Plan proposed", "Plan approved"]);
});

it("counts every step and keeps the last ones", () => {
  const history = openHistory();
  const steps = Array.from({ length: 5_000 }, (_, index) =>
    fact("tool.used", { attemptId: "one", tool: index % 5 === 0 ? "bash" : "read", detail: `${index}` }),
  );

  record(history, steps);

  const [block] = history.blocks;
  expect(block === undefined ? 0 : stepsOf(block)).toBe(5_000);
  expect([...(block?.counts ?? [])]).toEqual([
    ["bash", 1_000],
    ["read", 4_000],
  ]);
  expect(block?.steps.map(({ told }) => told.detail)).toEqual(
    Array.from({ length: 200 }, (_, index) => `${4_800 + index}`),
  );
});

it("has a place for attempts of which nothing was ever heard", () => {
  const history = openHistory();
  record(history, [fact("task.queued"), fact("coding.started", { attemptId: "two" })]);
  const attempts = ["three", "two", "one"].map((id, index) => ({ id, number: 3 - index }));

  const all = withAll(history.blocks, attempts as Task["attempts"]);

  expect(all.map(({ attemptId }) => attemptId)).toEqual([null, "one", "two", "three"]);
});
