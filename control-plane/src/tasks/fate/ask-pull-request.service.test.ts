import { expect, it } from "vitest";
import { sweep } from "../../sweep/sweep.ts";
import { createTaskWorld, type OwedJob } from "../../testing/tasks.ts";
import { askPullRequest } from "./ask-pull-request.ts";

const world = await createTaskWorld();
const { deps, github, pool, tenantId } = world;
const DAY_S = 24 * 3_600;

/** A task whose pull request is open as far as we were told, for so long; and what GitHub says of it. */
async function open(seconds: number, atGitHub?: { state: "open" | "closed"; merged: boolean }) {
  const { task } = await world.task("PR_OPEN");
  await pool.query("UPDATE tasks SET state_at = now() - $2 * interval '1 s' WHERE id = $1", [
    task.id,
    seconds,
  ]);
  if (task.pullRequestNumber === null) throw new Error("a task in PR_OPEN has a pull request");
  github.pulls.delete(task.pullRequestNumber);
  if (atGitHub !== undefined) github.pulls.set(task.pullRequestNumber, atGitHub);
  return task.id;
}
const asksOf = (owed: OwedJob[], taskId: string) =>
  owed.filter(({ job, payload }) => job === "ask-pull-request" && payload.taskId === taskId).length;
const ask = (taskId: string) => askPullRequest(deps, { tenantId, taskId });

it("a pull request of which nobody told the end is asked about once a day, by one of two processes", async () => {
  const young = await open(DAY_S - 60);
  const old = await open(DAY_S + 1);

  await Promise.all([sweep(deps), sweep(deps)]);
  const first = await world.owed();
  await sweep(deps);
  const again = await world.owed();
  await pool.query("UPDATE tasks SET pull_request_asked_at = now() - interval '25 hours' WHERE id = $1", [
    old,
  ]);
  await sweep(deps);
  const nextDay = await world.owed();

  expect([asksOf(first, young), asksOf(first, old)]).toEqual([0, 1]);
  expect(asksOf(again, old)).toBe(0);
  expect(asksOf(nextDay, old)).toBe(1);
});

it.each([
  ["merged", { state: "closed", merged: true }, "MERGED", ["pull_request.merged"]],
  ["closed", { state: "closed", merged: false }, "CLOSED", ["pull_request.closed"]],
  ["open", { state: "open", merged: false }, "PR_OPEN", []],
  ["not ours to see", undefined, "PR_OPEN", []],
] as const)("one that is %s at GitHub", async (_what, atGitHub, state, ends) => {
  const taskId = await open(DAY_S, atGitHub);

  await Promise.all([ask(taskId), ask(taskId)]);

  expect(await world.find(taskId)).toMatchObject({ state });
  const { rows } = await pool.query<{ type: string }>(
    "SELECT type FROM events WHERE task_id = $1 AND type LIKE 'pull_request.%' AND type <> 'pull_request.opened'",
    [taskId],
  );
  expect(rows.map(({ type }) => type)).toEqual(ends);
  expect((await world.owed()).some(({ job }) => job === "update-thread")).toBe(ends.length > 0);
});

it("of one that GitHub refuses to speak of nothing is concluded, and the question is not one of the dead", async () => {
  const taskId = await open(DAY_S, { state: "closed", merged: true });
  github.away.now = true;
  try {
    await ask(taskId);
  } finally {
    github.away.now = false;
  }

  expect((await world.find(taskId))?.state).toBe("PR_OPEN");
});

it("a task that goes on meanwhile is left to itself", async () => {
  const { task } = await world.task("CODING");

  await ask(task.id);

  expect((await world.find(task.id))?.state).toBe("CODING");
});
