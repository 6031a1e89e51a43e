import { LIMITS, type TaskId, type TaskState } from "@aicd/core";
import { ensureAttempt, findLiveAttempt, markDispatched } from "@aicd/db";
import { beforeEach, describe, expect, it } from "vitest";
import { createTaskWorld } from "../testing/tasks.ts";
import { sweep } from "./sweep.ts";

const world = await createTaskWorld();
const { deps } = world;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

// Each test is about its own task alone: a sweep sees all there are.
beforeEach(async () => {
  await world.pool.query("UPDATE tasks SET state = 'CANCELLED', thread_version = 1, thread_rendered = 1");
  await world.pool.query("UPDATE attempts SET state = 'cancelled' WHERE ended_at IS NULL");
  await world.owed();
});

const owed = async () =>
  (await world.owed()).map(({ job, payload }) => `${job} ${payload.taskId ?? payload.attemptId}`).sort();
const age = (taskId: TaskId, ms: number) =>
  world.pool.query("UPDATE tasks SET state_at = now() - $2 * interval '1 ms' WHERE id = $1", [taskId, ms]);
/** Two processes at once: what is done is done once. */
const sweepTwice = () => Promise.all([sweep(deps), sweep(deps)]);

describe("an attempt whose run is to be asked about", () => {
  it.each([
    ["whose lease lives", "lease_until", 5 * SECOND, false],
    ["whose lease ran out", "lease_until", -1 * SECOND, true],
    [
      "that works for longer than any may",
      "dispatched_at",
      -(LIMITS.attemptMs + LIMITS.dispatchToLeaseMs + MINUTE),
      true,
    ],
    ["that works for long, but not too long", "dispatched_at", -(LIMITS.attemptMs - MINUTE), false],
  ] as const)("%s: %s by %d ms: %s", async (_, column, ms, asked) => {
    const { attempt } = await world.task("CODING");
    await world.pool.query(`UPDATE attempts SET ${column} = now() + $2 * interval '1 ms' WHERE id = $1`, [
      attempt?.id,
      ms,
    ]);

    await sweepTwice();

    expect(await owed()).toEqual(asked ? [`ask-run ${attempt?.id}`] : []);
  });

  it.each([
    [LIMITS.dispatchToLeaseMs - MINUTE, false],
    [LIMITS.dispatchToLeaseMs + SECOND, true],
  ])("one that nobody came for within %d ms: %s", async (ms, asked) => {
    const { task } = await world.task("QUEUED");
    const attempt = await world.inTenant(async (tx) => {
      const made = await ensureAttempt(tx, deps.mint, { taskId: task.id, phase: "plan" });
      await markDispatched(tx, { id: made.attempt.id, runId: 7 });
      return made.attempt;
    });
    await world.pool.query("UPDATE attempts SET dispatched_at = now() - $2 * interval '1 ms' WHERE id = $1", [
      attempt.id,
      ms,
    ]);

    await sweepTwice();

    expect(await owed()).toEqual(asked ? [`ask-run ${attempt.id}`] : []);
  });

  it("is not asked about with every sweep", async () => {
    const { attempt } = await world.task("CODING");
    await world.pool.query("UPDATE attempts SET lease_until = now() - interval '1 s' WHERE id = $1", [
      attempt?.id,
    ]);
    await sweep(deps);
    await world.owed();

    await sweep(deps);

    expect(await owed()).toEqual([]);
  });
});

describe("a task whose next step nobody owes", () => {
  it.each([
    ["QUEUED", "start-attempt"],
    ["PUBLISHING", "publish-changes"],
  ] as const)("that is %s is owed its %s after a minute", async (state, job) => {
    const { task } = await world.task(state);
    await age(task.id, 59 * SECOND);
    await sweep(deps);
    const before = await owed();
    await age(task.id, 61 * SECOND);

    await sweep(deps);

    expect([before, await owed()]).toEqual([[], [`${job} ${task.id}`]]);
  });

  it("is not owed it again while it is owed", async () => {
    const { task } = await world.task("QUEUED");
    await age(task.id, 2 * MINUTE);
    await sweep(deps);

    await sweep(deps);

    expect(await owed()).toEqual([`start-attempt ${task.id}`]);
  });

  it.each(["PLANNING", "CODING", "REVIEWING"] as const)(
    "that is %s with nobody at work has failed",
    async (state) => {
      const { task, attempt } = await world.task(state);
      await age(task.id, 2 * MINUTE);
      await sweep(deps);
      expect((await world.find(task.id))?.state).toBe(state);
      await world.pool.query("UPDATE attempts SET state = 'succeeded', ended_at = now() WHERE id = $1", [
        attempt?.id,
      ]);

      await sweepTwice();

      expect(await world.find(task.id)).toMatchObject({ state: "FAILED", reason: "runner_lost" });
      const { rows } = await world.pool.query(
        "SELECT FROM events WHERE task_id = $1 AND type = 'attempt.failed'",
        [task.id],
      );
      expect(rows).toHaveLength(1);
    },
  );
});

describe("what an attempt spent that the sweep ends", () => {
  const spend = async (state: TaskState) => {
    const { task, attempt } = await world.task(state);
    await world.pool.query(
      `INSERT INTO usage (tenant_id, id, key, task_id, attempt_id, provider, model, tokens, price, micro_usd)
       VALUES ($1, $2, $2, $3, $4, 'p', 'm', '{}', '{}', 5)`,
      [world.tenantId, deps.mint("usage"), task.id, attempt?.id],
    );
    return { task, attempt };
  };
  const excused = async (taskId: TaskId) =>
    (await world.pool.query("SELECT excused FROM usage WHERE task_id = $1", [taskId])).rows;

  it("without a last word is not billed", async () => {
    const { task, attempt } = await spend("CODING");
    await age(task.id, 2 * MINUTE);
    await world.pool.query("UPDATE attempts SET state = 'succeeded', ended_at = now() WHERE id = $1", [
      attempt?.id,
    ]);

    await sweepTwice();

    expect(await excused(task.id)).toEqual([{ excused: "runner_lost" }]);
  });

  it("because nothing moved for too long is not billed", async () => {
    const { task } = await spend("CODING");
    await age(task.id, LIMITS.activeStateMs + SECOND);

    await sweepTwice();

    expect(await excused(task.id)).toEqual([{ excused: "state_timeout" }]);
  });
});

describe("a thread that is behind", () => {
  const behind = async () => {
    const { task } = await world.task("PR_OPEN");
    await world.pool.query("UPDATE tasks SET thread_version = 2 WHERE id = $1", [task.id]);
    return task.id;
  };

  it("is owed its update after a minute", async () => {
    const taskId = await behind();
    await sweep(deps);
    const before = await owed();
    await age(taskId, 61 * SECOND);

    await sweep(deps);

    expect([before, await owed()]).toEqual([[], [`update-thread ${taskId}`]]);
  });

  it("that is owed it already is left alone", async () => {
    const taskId = await behind();
    await age(taskId, 2 * MINUTE);
    await sweep(deps);

    await sweep(deps);

    expect(await owed()).toEqual([`update-thread ${taskId}`]);
  });
});

describe("a state that grew too old", () => {
  const AGES: [TaskState, number, TaskState, string][] = [
    ["QUEUED", LIMITS.activeStateMs, "FAILED", "attempt.failed"],
    ["PLANNING", LIMITS.activeStateMs, "FAILED", "attempt.failed"],
    ["CODING", LIMITS.activeStateMs, "FAILED", "attempt.failed"],
    ["REVIEWING", LIMITS.activeStateMs, "FAILED", "attempt.failed"],
    ["PUBLISHING", LIMITS.activeStateMs, "FAILED", "publishing.failed"],
    ["AWAITING_APPROVAL", LIMITS.planExpiryMs, "CANCELLED", "plan.expired"],
    ["NEEDS_INPUT", LIMITS.waitingStateMs, "CANCELLED", "task.cancelled"],
    ["BLOCKED", LIMITS.waitingStateMs, "CANCELLED", "task.cancelled"],
  ];

  it.each(AGES)("%s for %d ms ends as %s by %s, once", async (state, ms, end, trigger) => {
    const { task } = await world.task(state);
    await age(task.id, ms - MINUTE);
    await sweep(deps);
    const before = (await world.find(task.id))?.state;
    await age(task.id, ms + SECOND);

    await sweepTwice();

    expect(before).toBe(state);
    expect(await world.find(task.id)).toMatchObject({
      state: end,
      reason: "state_timeout",
      detail: `The task stayed in ${state} for too long.`,
    });
    const { rows } = await world.pool.query(
      "SELECT type FROM events WHERE task_id = $1 AND type <> 'task.queued'",
      [task.id],
    );
    expect(rows).toEqual([{ type: trigger }]);
  });

  it.each(["PR_OPEN", "MERGED", "CLOSED", "FAILED", "CANCELLED"] as const)(
    "%s may grow as old as it likes",
    async (state) => {
      const { task } = await world.task(state);
      await age(task.id, 400 * 24 * 60 * MINUTE);

      await sweep(deps);

      expect((await world.find(task.id))?.state).toBe(state);
    },
  );

  it("takes its runner along", async () => {
    const { task } = await world.task("CODING");
    await age(task.id, LIMITS.activeStateMs + SECOND);

    await sweep(deps);

    const attempt = await world.inTenant((tx) => findLiveAttempt(tx, task.id));
    expect(attempt?.cancelReason).toBe("the task took too long");
  });
});

it("a row that cannot be handled does not keep the others waiting", async () => {
  const [bad, good] = [await world.task("BLOCKED"), await world.task("BLOCKED")];
  await age(bad.task.id, LIMITS.waitingStateMs + MINUTE);
  await age(good.task.id, LIMITS.waitingStateMs + SECOND);
  await world.pool.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
     CREATE TRIGGER refuse BEFORE UPDATE ON tasks FOR EACH ROW WHEN (OLD.id = '${bad.task.id}') EXECUTE FUNCTION refuse()`,
  );

  await sweep(deps);
  await world.pool.query("DROP TRIGGER refuse ON tasks");

  expect([(await world.find(bad.task.id))?.state, (await world.find(good.task.id))?.state]).toEqual([
    "BLOCKED",
    "CANCELLED",
  ]);
});

it("what is healthy is left alone", async () => {
  const { task } = await world.task("CODING");
  await age(task.id, 10 * MINUTE);

  await sweep(deps);

  expect(await owed()).toEqual([]);
  expect((await world.find(task.id))?.state).toBe("CODING");
});
