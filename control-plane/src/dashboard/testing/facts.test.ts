import { TASK_TRIGGERS } from "@aicd/core";
import { expect, it } from "vitest";
import { TELLERS, tell } from "../browser/pages/task/timeline/facts.ts";

const fact = (type: string, body: Record<string, unknown> = {}) => ({
  id: "evt_1",
  type,
  at: "2026-01-01T00:00:00.000Z",
  body,
});

it("has words of its own for all that moves a task", () => {
  expect(Object.keys(TELLERS)).toEqual(expect.arrayContaining(TASK_TRIGGERS));
});

it("tells what it does not know by its name, and takes no body for what it should be", () => {
  expect(tell(fact("moon.landed")).text).toBe("Moon landed");
  expect(tell(fact("constructor")).text).toBe("Constructor");
  expect(tell(fact("plan.approved", { by: 7, hash: { x: 1 } }))).toMatchObject({
    text: "Plan approved",
    detail: "",
  });
});
