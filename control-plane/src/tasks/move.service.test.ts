import { type IntentSource, sourcesOf, TASK_STATES, TASK_TRIGGERS, targetOf } from "@aicd/core";
import { setTask, type TaskChange } from "@aicd/db";
import { describe, expect, it } from "vitest";
import { createTaskWorld } from "../testing/tasks.ts";
import { move, oweThread, touch } from "./move.ts";

const world = await createTaskWorld();
const { deps } = world;
const COMMENT: IntentSource = { kind: "issue_comment", commentId: 5 };

async function due(job: string): Promise<number | undefined> {
  const { rows } = await world.pool.query<{ ms: string }>(
    "SELECT extract(epoch FROM due_at - created_at) * 1000 AS ms FROM outbox WHERE job = $1",
    [job],
  );
  return rows[0] === undefined ? undefined : Math.round(Number(rows[0].ms));
}

async function planted(state: (typeof TASK_STATES)[number], set: TaskChange = {}) {
  const { task } = await world.task(state);
  await world.inTenant((tx) => setTask(tx, task.id, { source: COMMENT, ...set }));
  return task.id;
}

describe("a move", () => {
  it.each(
    TASK_TRIGGERS.flatMap((trigger) => {
      const sources = sourcesOf(trigger, { hasPullRequest: false });
      const wrong = TASK_STATES.find(
        (state) => !sourcesOf(trigger, { hasPullRequest: true }).includes(state),
      );
      return wrong === undefined
        ? []
        : [{ trigger, right: sources[0] ?? wrong, wrong, to: targetOf(trigger) }];
    }),
  )(
    "by $trigger leads from $right to $to, and from $wrong nowhere",
    async ({ trigger, right, wrong, to }) => {
      const [good, bad] = [await planted(right), await planted(wrong)];

      const moved = await world.inTenant((tx) => move(deps, tx, { taskId: good, trigger }));
      const refused = await world.inTenant((tx) => move(deps, tx, { taskId: bad, trigger }));

      expect(moved?.state).toBe(to);
      expect(refused).toBeUndefined();
      expect((await world.find(bad))?.state).toBe(wrong);
    },
  );

  it("that two make at once is made by one", async () => {
    const taskId = await planted("AWAITING_APPROVAL");
    const go = () => world.inTenant((tx) => move(deps, tx, { taskId, trigger: "plan.approved" }));

    const both = await Promise.all([go(), go()]);

    expect(both.filter((task) => task !== undefined)).toHaveLength(1);
  });

  it("leaves its event with what was said of it", async () => {
    const taskId = await planted("QUEUED");

    await world.inTenant((tx) =>
      move(deps, tx, { taskId, trigger: "planning.started", event: { number: 3 } }),
    );

    const { rows } = await world.pool.query(
      "SELECT type, body FROM events WHERE task_id = $1 AND type <> 'task.queued'",
      [taskId],
    );
    expect(rows).toEqual([{ type: "planning.started", body: { number: 3 } }]);
  });

  it("whose transaction fails owes nothing and moves nothing", async () => {
    const taskId = await planted("PUBLISHING");

    const work = world.inTenant(async (tx) => {
      await move(deps, tx, { taskId, trigger: "publishing.failed" });
      throw new Error("later");
    });

    await expect(work).rejects.toThrow("later");
    expect(await world.owed()).toEqual([]);
    expect((await world.find(taskId))?.state).toBe("PUBLISHING");
  });
});

describe("the last reaction", () => {
  it.each([
    ["PUBLISHING", "pull_request.opened", "rocket"],
    ["CODING", "attempt.failed", "confused"],
    ["REVIEWING", "policy.blocked", "confused"],
    ["QUEUED", "task.cancelled", "confused"],
  ] as const)("of a task that goes from %s by %s is a %s", async (state, trigger, content) => {
    const taskId = await planted(state);

    await world.inTenant((tx) => move(deps, tx, { taskId, trigger }));

    const owed = await world.owed();
    expect(owed.filter(({ job }) => job === "settle-request").map(({ payload }) => payload)).toEqual([
      { ...{ tenantId: world.tenantId }, taskId, content },
    ]);
  });

  it.each([
    ["QUEUED", "planning.started"],
    ["PLANNING", "plan.proposed"],
    ["REVIEWING", "review.approved"],
  ] as const)("is not due while the task is on its way: from %s by %s", async (state, trigger) => {
    const taskId = await planted(state);

    await world.inTenant((tx) => move(deps, tx, { taskId, trigger }));

    expect((await world.owed()).map(({ job }) => job)).not.toContain("settle-request");
  });

  it("is not due at a label that led to a pull request: the sticky comment is its answer", async () => {
    const taskId = await planted("PUBLISHING", { source: { kind: "issue" } });

    await world.inTenant((tx) => move(deps, tx, { taskId, trigger: "pull_request.opened" }));

    expect((await world.owed()).map(({ job }) => job)).not.toContain("settle-request");
  });

  it("takes off the label of a task that failed", async () => {
    const taskId = await planted("CODING", { source: { kind: "issue" } });

    await world.inTenant((tx) => move(deps, tx, { taskId, trigger: "attempt.failed" }));

    expect((await world.owed()).map(({ job }) => job)).toContain("settle-request");
  });
});

describe("the thread", () => {
  it("is owed its first comment soon, whatever the state", async () => {
    const taskId = await planted("QUEUED", { statusCommentId: null });

    await world.inTenant((tx) => move(deps, tx, { taskId, trigger: "planning.started" }));

    expect(await due("update-thread")).toBeLessThan(1_000);
    await world.owed();
  });

  it("waits a while for what is only on its way", async () => {
    const taskId = await planted("QUEUED", { statusCommentId: 1 });

    await world.inTenant((tx) => move(deps, tx, { taskId, trigger: "planning.started" }));

    expect(await due("update-thread")).toBeGreaterThan(5_000);
    await world.owed();
  });

  it("does not wait for what somebody has to act on", async () => {
    const taskId = await planted("CODING", { statusCommentId: 1 });

    await world.inTenant((tx) => move(deps, tx, { taskId, trigger: "attempt.failed" }));

    expect(await due("update-thread")).toBeLessThan(1_000);
    await world.owed();
  });

  it("is owed one update for many changes on the way, for that shows the newest", async () => {
    const taskId = await planted("CODING", { statusCommentId: 1 });

    for (const progress of ["a", "b", "c"]) {
      await world.inTenant((tx) => touch(deps, tx, taskId, { progress }));
    }

    expect((await world.owed()).map(({ job }) => job)).toEqual(["update-thread"]);
  });

  it("of a task that is gone is owed nothing", async () => {
    await world.inTenant((tx) => touch(deps, tx, deps.mint("task"), { progress: "a" }));

    expect(await world.owed()).toEqual([]);
  });

  it("is owed an update without any change too, where a caller says so", async () => {
    const taskId = await planted("PR_OPEN", { statusCommentId: 1 });

    await world.inTenant(async (tx) => {
      const task = await world.find(taskId);
      if (task !== undefined) await oweThread(deps, tx, task);
    });

    expect(await world.owed()).toEqual([
      { job: "update-thread", payload: { tenantId: world.tenantId, taskId } },
    ]);
  });
});
