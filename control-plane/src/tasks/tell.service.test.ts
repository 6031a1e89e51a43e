import type { TaskState } from "@aicd/core";
import { expect, it } from "vitest";
import { createTaskWorld, MONA, type Planted } from "../testing/tasks.ts";
import { failAttempt } from "./end-attempt.ts";
import { move } from "./move.ts";
import { stopWork } from "./stop-work.ts";

const world = await createTaskWorld();
const { deps, inTenant } = world;

type End = (planted: Planted) => Promise<unknown>;
const fail: End = ({ attempt }) =>
  inTenant(async (tx) => {
    if (attempt === undefined) throw new Error("nobody is at work");
    await failAttempt(deps, tx, {
      attempt,
      state: "failed",
      reason: "checks_failed",
      detail: "`npm test` did not end:",
    });
  });
const trigger =
  (name: Parameters<typeof move>[2]["trigger"]): End =>
  ({ task }) =>
    inTenant((tx) => move(deps, tx, { taskId: task.id, trigger: name }));

it.each<[from: TaskState, what: string, end: End, heading: string]>([
  ["CODING", "an attempt that fails", fail, "This did not work out"],
  ["REVIEWING", "the policy", trigger("policy.blocked"), "The policy stopped the change"],
  ["PUBLISHING", "publishing", trigger("publishing.failed"), "This did not work out"],
  ["AWAITING_APPROVAL", "a plan nobody answers", trigger("plan.expired"), "I stopped"],
  ["CODING", "a pause", () => stopWork(deps, world.tenantId, "AI-CD was paused."), "I stopped"],
])("%s ended by %s is told to who asked in a comment of its own, once", async (from, _, end, heading) => {
  const planted = await world.task(from);

  await end(planted);
  await end(planted);

  const said = await world.said(planted.task.issueNumber);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(heading);
  expect(said[0]).toContain(`@${MONA.login},`);
  expect((await world.owed()).filter(({ job }) => job === "post-comment")).toHaveLength(1);
});

it("a second failure after a retry is told again", async () => {
  const planted = await world.task("PUBLISHING");
  const end = trigger("publishing.failed");

  await end(planted);
  await trigger("retry.requested")(planted);
  await trigger("coding.started")(planted);
  await trigger("attempt.failed")(planted);

  expect(await world.said(planted.task.issueNumber)).toHaveLength(2);
});

it("whoever cancels a task in words is not told that it is cancelled", async () => {
  const { task } = await world.task("CODING");
  const { issueNumber } = task;

  await world.say({
    type: "task.cancelled",
    issueNumber,
    actor: MONA,
    source: { kind: "issue_comment", commentId: 5 },
    reason: "@mona asked for it",
  });

  expect((await world.find(task.id))?.state).toBe("CANCELLED");
  expect(await world.said(issueNumber)).toEqual([]);
});
