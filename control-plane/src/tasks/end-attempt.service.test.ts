import { type FailureReason, LIMITS } from "@aicd/core";
import { ensureAttempt, findLiveAttempt, listAttempts, type Task } from "@aicd/db";
import { expect, it } from "vitest";
import { createTaskWorld } from "../testing/tasks.ts";
import { failAttempt } from "./end-attempt.ts";
import { stopAttempt } from "./stop-attempt.ts";

const world = await createTaskWorld();
const { deps } = world;

/** Ends the task's live attempt, or a new one where none is at work. */
async function fail(task: Task, reason: FailureReason, onlyIfOverdue?: boolean) {
  return world.inTenant(async (tx) => {
    const { attempt } = await ensureAttempt(tx, deps.mint, { taskId: task.id, phase: task.phase });
    return failAttempt(deps, tx, {
      attempt,
      state: "lost",
      reason,
      detail: "It ended.",
      ...(onlyIfOverdue === undefined ? {} : { onlyIfOverdue }),
    });
  });
}

it("what would fail again ends the task, with its reason", async () => {
  const { task } = await world.task("CODING");

  const failed = await fail(task, "model_refused");

  expect(failed).toMatchObject({
    state: "FAILED",
    reason: "model_refused",
    detail: "It ended.",
    progress: null,
  });
  expect((await world.owed()).map(({ job }) => job)).not.toContain("start-attempt");
});

it("what may pass brings the task back to the queue, with another attempt owed", async () => {
  const { task } = await world.task("CODING");

  expect(await fail(task, "runner_lost")).toBeUndefined();

  expect((await world.find(task.id))?.state).toBe("QUEUED");
  expect((await world.owed()).filter(({ job }) => job === "start-attempt")).toHaveLength(1);
});

it("a task that no runner came for stays in the queue", async () => {
  const { task } = await world.task("QUEUED");

  await fail(task, "runner_never_started");

  expect((await world.find(task.id))?.state).toBe("QUEUED");
  expect((await world.owed()).map(({ job }) => job)).toContain("start-attempt");
});

it(`after ${LIMITS.lostRetries} retries of lost runners the task has failed`, async () => {
  const { task } = await world.task("QUEUED");
  for (let lost = 0; lost < LIMITS.lostRetries; lost++)
    expect(await fail(task, "runner_lost")).toBeUndefined();

  expect(await fail(task, "runner_lost")).toMatchObject({ state: "FAILED", reason: "runner_lost" });
});

it("each retry waits longer than the one before", async () => {
  const { task } = await world.task("QUEUED");
  const delay = async () => {
    const { rows } = await world.pool.query<{ ms: string }>(
      "SELECT extract(epoch FROM due_at - created_at) * 1000 AS ms FROM outbox WHERE job = 'start-attempt'",
    );
    await world.owed();
    return Number(rows[0]?.ms);
  };

  await fail(task, "runner_lost");
  const first = await delay();
  await fail(task, "runner_lost");

  expect(await delay()).toBeGreaterThan(first);
});

it("what was lost before a person spoke again does not count", async () => {
  const { task } = await world.task("QUEUED");
  for (let lost = 0; lost <= LIMITS.lostRetries; lost++) await fail(task, "runner_lost");
  await world.say({
    type: "retry.requested",
    issueNumber: task.issueNumber,
    actor: task.requestedBy,
    source: { kind: "issue_comment", commentId: 5 },
    text: "",
    flags: {},
  });
  await world.owed();

  expect(await fail(task, "runner_lost")).toBeUndefined();

  expect((await world.owed()).map(({ job }) => job)).toContain("start-attempt");
});

it("an attempt that somebody else ended is ended once", async () => {
  const { task, attempt } = await world.task("CODING");
  if (attempt === undefined) throw new Error("nobody is at work");
  const end = () =>
    world.inTenant((tx) =>
      failAttempt(deps, tx, { attempt, state: "lost", reason: "runner_lost", detail: "" }),
    );

  await Promise.all([end(), end(), end()]);

  expect((await world.owed()).filter(({ job }) => job === "start-attempt")).toHaveLength(1);
  expect((await world.inTenant((tx) => listAttempts(tx, task.id))).map(({ state }) => state)).toEqual([
    "lost",
  ]);
});

it("an attempt whose lease lives is not ended by who thinks it overdue", async () => {
  const { task } = await world.task("CODING");

  await fail(task, "runner_lost", true);

  expect((await world.find(task.id))?.state).toBe("CODING");
  expect((await world.inTenant((tx) => findLiveAttempt(tx, task.id)))?.state).toBe("leased");
});

it("a runner at work is told to stop, one that never came is ended at once", async () => {
  const working = await world.task("CODING");
  const queued = await world.task("QUEUED");
  await world.inTenant((tx) => ensureAttempt(tx, deps.mint, { taskId: queued.task.id, phase: "plan" }));

  for (const { task } of [working, queued]) {
    await world.inTenant((tx) => stopAttempt(deps, tx, task.id, "@mona cancelled it"));
  }

  expect(await world.inTenant((tx) => findLiveAttempt(tx, working.task.id))).toMatchObject({
    state: "leased",
    cancelReason: "@mona cancelled it",
  });
  expect(await world.inTenant((tx) => findLiveAttempt(tx, queued.task.id))).toBeUndefined();
  // Whose run has begun may go on costing minutes; one that was never dispatched has none.
  expect(await world.owed()).toEqual([
    { job: "cancel-run", payload: { tenantId: world.tenantId, attemptId: working.attempt?.id } },
  ]);
});

it("a task with nobody at work has nobody to stop", async () => {
  const { task } = await world.task("PR_OPEN");

  await world.inTenant((tx) => stopAttempt(deps, tx, task.id, "stop"));

  expect((await world.inTenant((tx) => listAttempts(tx, task.id))).map(({ state }) => state)).toEqual([
    "succeeded",
  ]);
});
