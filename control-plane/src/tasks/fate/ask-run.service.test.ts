import type { AttemptState } from "@aicd/core";
import { findAttempt } from "@aicd/db";
import { expect, it } from "vitest";
import { sweep } from "../../sweep/sweep.ts";
import { createTaskWorld } from "../../testing/tasks.ts";
import { cancelRun } from "../cancel-run.ts";
import { askRun } from "./ask-run.ts";

const world = await createTaskWorld();
const { deps, github, pool, tenantId } = world;
let runs = 100;

/** An attempt that is overdue, and its run as GitHub has it. */
async function overdue(
  state: Extract<AttemptState, "dispatched" | "leased">,
  run: { status: string; conclusion: string | null } | undefined,
) {
  const planted = await world.task(state === "leased" ? "PLANNING" : "QUEUED");
  const runId = ++runs;
  if (run !== undefined) github.runs.set(runId, run);
  const { rows } = await pool.query<{ id: string }>(
    `UPDATE attempts SET state = $3, run_id = $4, ended_at = NULL, dispatched_at = now() - interval '11 minutes',
       lease_until = CASE WHEN $3 = 'leased' THEN now() - interval '1 second' END
     WHERE tenant_id = $1 AND task_id = $2 RETURNING id`,
    [tenantId, planted.task.id, state, runId],
  );
  const attemptId = rows[0]?.id ?? "";
  const attempt = () => world.inTenant((tx) => findAttempt(tx, attemptId as never));
  return { taskId: planted.task.id, attemptId, runId, attempt };
}

it("K3: a run that waits eleven minutes for a machine is waited for, and the thread says so", async () => {
  const { taskId, attemptId, attempt } = await overdue("dispatched", { status: "queued", conclusion: null });

  await sweep(deps);
  expect(await world.owed()).toEqual([{ job: "ask-run", payload: { tenantId, attemptId } }]);
  await askRun(deps, { tenantId, attemptId });

  expect((await attempt())?.state).toBe("dispatched");
  expect(await world.find(taskId)).toMatchObject({
    state: "QUEUED",
    progress: expect.stringContaining("waits"),
  });
  expect((await world.owed()).map(({ job }) => job)).toEqual(["update-thread"]);
  // Asked again a minute later, not with every round of the sweep; and the same is not said twice.
  await sweep(deps);
  await askRun(deps, { tenantId, attemptId });
  expect(await world.owed()).toEqual([]);
});

it("two sweeps at once ask once", async () => {
  await overdue("dispatched", { status: "queued", conclusion: null });

  await Promise.all([sweep(deps), sweep(deps)]);

  expect((await world.owed()).filter(({ job }) => job === "ask-run")).toHaveLength(1);
});

it("K3: a run that a person cancelled cancels the task, and nothing is dispatched again", async () => {
  const { taskId, attemptId, attempt } = await overdue("leased", {
    status: "completed",
    conclusion: "cancelled",
  });

  await askRun(deps, { tenantId, attemptId });

  expect((await attempt())?.state).toBe("cancelled");
  expect(await world.find(taskId)).toMatchObject({
    state: "CANCELLED",
    detail: expect.stringContaining("cancelled on GitHub"),
  });
  expect((await world.owed()).map(({ job }) => job)).not.toContain("start-attempt");
});

it.each([
  ["a runner that fell silent", "leased", { status: "in_progress", conclusion: null }, "runner_lost"],
  [
    "a run that ended without a word",
    "dispatched",
    { status: "completed", conclusion: "failure" },
    "runner_never_started",
  ],
  ["a run that is not there", "dispatched", undefined, "runner_never_started"],
] as const)("%s is lost: the next attempt is owed, and its run is ended", async (_, state, run, reason) => {
  const { taskId, attemptId, attempt } = await overdue(state, run);

  await askRun(deps, { tenantId, attemptId });

  expect(await attempt()).toMatchObject({ state: "lost", reason });
  expect((await world.find(taskId))?.state).toBe("QUEUED");
  const jobs = (await world.owed()).map(({ job }) => job);
  expect(jobs).toEqual(expect.arrayContaining(["start-attempt", "cancel-run"]));
});

it("a heartbeat that came while GitHub was asked wins", async () => {
  const { attemptId, attempt } = await overdue("leased", { status: "in_progress", conclusion: null });
  await pool.query("UPDATE attempts SET lease_until = now() + interval '1 minute' WHERE id = $1", [
    attemptId,
  ]);

  await askRun(deps, { tenantId, attemptId });

  expect((await attempt())?.state).toBe("leased");
});

it("K3: what we cancel is cancelled at GitHub too, also when it has ended there", async () => {
  const { attemptId, runId } = await overdue("dispatched", { status: "queued", conclusion: null });
  const gone = await overdue("dispatched", undefined);

  await cancelRun(deps, { tenantId, attemptId });
  await cancelRun(deps, { tenantId, attemptId: gone.attemptId });

  expect(github.cancelled).toEqual([runId]);
});
