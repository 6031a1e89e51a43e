import { LIMITS, type TaskId } from "@aicd/core";
import { beginServerPause, endServerPause, findLiveAttempt, listAttempts } from "@aicd/db";
import { afterEach, describe, expect, it } from "vitest";
import { Postponed } from "../../outbox/postponed.ts";
import { sweep } from "../../sweep/sweep.ts";
import { startHome } from "../../testing/home.ts";
import { createTaskWorld } from "../../testing/tasks.ts";
import { startAttempt } from "../start-attempt.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;

const pause = (atOnce = false) => beginServerPause(deps.pool, { why: "the vendor is down", atOnce });
const start = (taskId: TaskId) => startAttempt(deps, { tenantId, taskId });
const live = (taskId: TaskId) => world.inTenant((tx) => findLiveAttempt(tx, taskId));
const owed = async (taskId: TaskId) =>
  (await world.owed()).filter(({ payload }) => payload.taskId === taskId).map(({ job }) => job);

async function queued(): Promise<TaskId> {
  const issueNumber = await home.issue();
  const { task } = await world.task("QUEUED", { issueNumber });
  await world.owed();
  return task.id;
}

afterEach(async () => {
  await endServerPause(deps.pool);
  await world.pool.query("UPDATE server_pauses SET ended_at = now() - interval '1 day'");
  await world.pool.query("UPDATE attempts SET state = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
  await world.pool.query("UPDATE tasks SET state = 'CANCELLED'");
});

describe("while the server is paused, a task in the queue", () => {
  it("waits, says why, and starts when the pause is over", async () => {
    const taskId = await queued();
    await pause();

    const refused = start(taskId);

    await expect(refused).rejects.toBeInstanceOf(Postponed);
    expect(await live(taskId)).toBeUndefined();
    const task = await world.find(taskId);
    expect(task).toMatchObject({ state: "QUEUED", reason: null });
    expect(task?.progress).toContain("paused by its operator: the vendor is down");
    expect(await owed(taskId)).toEqual(["update-thread"]);

    await endServerPause(deps.pool);
    await start(taskId);

    expect(await live(taskId)).toMatchObject({ state: "dispatched" });
    expect((await world.find(taskId))?.progress).toBeNull();
  });

  it("says so once, however often its job looks", async () => {
    const taskId = await queued();
    await pause();

    for (let looks = 0; looks < 3; looks += 1) await expect(start(taskId)).rejects.toBeInstanceOf(Postponed);

    expect(await owed(taskId)).toEqual(["update-thread"]);
  });

  it("does not grow too old, and has its time anew afterwards", async () => {
    const taskId = await queued();
    const old = LIMITS.activeStateMs + 60_000;
    await world.pool.query("UPDATE tasks SET state_at = now() - $2 * interval '1 ms' WHERE id = $1", [
      taskId,
      old,
    ]);
    await pause();

    await sweep(deps);
    expect((await world.find(taskId))?.state).toBe("QUEUED");
    await endServerPause(deps.pool);
    await sweep(deps);
    expect((await world.find(taskId))?.state).toBe("QUEUED");
    await world.pool.query("UPDATE server_pauses SET ended_at = now() - $1 * interval '1 ms'", [old]);
    await sweep(deps);
    expect((await world.find(taskId))?.state).toBe("FAILED");
  });
});

describe("what is at work", () => {
  it("is let finish by a pause", async () => {
    const { task, attempt } = await world.task("CODING");
    await pause();

    await sweep(deps);

    expect((await world.find(task.id))?.state).toBe("CODING");
    expect((await live(task.id))?.id).toBe(attempt?.id);
  });

  it("goes back into the queue by a pause that is at once, without blame, and is owed its start", async () => {
    const { task, attempt } = await world.task("CODING");
    await world.owed();
    await pause();
    await pause(true);

    await Promise.all([sweep(deps), sweep(deps)]);

    expect(await world.find(task.id)).toMatchObject({ state: "QUEUED", reason: null });
    const [ended] = await world.inTenant((tx) => listAttempts(tx, task.id));
    expect(ended).toMatchObject({ id: attempt?.id, state: "cancelled", reason: null });
    const jobs = await world.owed();
    expect(jobs.filter(({ job }) => job === "start-attempt").map(({ payload }) => payload.taskId)).toEqual([
      task.id,
    ]);
    expect(jobs.filter(({ job }) => job === "cancel-run").map(({ payload }) => payload.attemptId)).toEqual([
      attempt?.id,
    ]);
  });

  it("that was dispatched as the pause began is taken back too", async () => {
    const taskId = await queued();
    await start(taskId);
    await pause(true);

    await sweep(deps);

    expect(await live(taskId)).toBeUndefined();
    await expect(start(taskId)).rejects.toBeInstanceOf(Postponed);
    await endServerPause(deps.pool);
    await start(taskId);
    expect(await live(taskId)).toMatchObject({ state: "dispatched" });
  });
});
