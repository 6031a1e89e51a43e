import { setTask, touchTask } from "@aicd/db";
import { expect, it } from "vitest";
import { startHome } from "../testing/home.ts";
import { createTaskWorld } from "../testing/tasks.ts";
import { updateThread } from "./update-thread.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;

/** A task whose thread is behind by one version. */
async function behind(progress = "") {
  const issueNumber = await home.issue();
  const { task } = await world.task("CODING", { issueNumber });
  await world.inTenant((tx) => touchTask(tx, task.id, { progress }));
  return { issueNumber, payload: { tenantId, taskId: task.id } };
}

it("the first update posts the sticky comment, the next ones edit it", async () => {
  const { issueNumber, payload } = await behind("reading");

  await updateThread(deps, payload);
  const first = await home.thread(issueNumber);
  await world.inTenant((tx) => touchTask(tx, payload.taskId, { progress: "writing" }));
  await updateThread(deps, payload);

  expect(first).toEqual([expect.stringContaining("reading")]);
  expect(await home.thread(issueNumber)).toEqual([expect.stringContaining("writing")]);
});

it("is there once, also when another process posts it while this one looks", async () => {
  const { issueNumber, payload } = await behind("reading");
  home.onAnswer(/^GET .*\/comments$/, () => updateThread(deps, payload));

  await updateThread(deps, payload);

  expect(await home.thread(issueNumber)).toEqual([expect.stringContaining("reading")]);
  expect((await world.find(payload.taskId))?.statusCommentId).toBeGreaterThan(0);
});

it("a thread that shows the newest is left alone", async () => {
  const { payload } = await behind();
  await updateThread(deps, payload);
  const before = home.github.ledger.length;

  await updateThread(deps, payload);

  expect(home.github.ledger).toHaveLength(before);
});

it("a sticky comment that somebody deleted is posted anew", async () => {
  const { issueNumber, payload } = await behind();
  await updateThread(deps, payload);
  const { statusCommentId } = (await world.find(payload.taskId)) ?? {};
  await home.mona.deleteComment("acme/widget", statusCommentId ?? 0);
  await world.inTenant((tx) => touchTask(tx, payload.taskId, { progress: "again" }));

  await updateThread(deps, payload);

  expect(await home.thread(issueNumber)).toEqual([expect.stringContaining("again")]);
});

it("a second task on the issue takes over the comment of the first", async () => {
  const { issueNumber, payload } = await behind();
  await updateThread(deps, payload);
  await world.pool.query("UPDATE tasks SET state = 'CANCELLED' WHERE id = $1", [payload.taskId]);
  const { task } = await world.task("PLANNING", { issueNumber });
  await world.inTenant((tx) => touchTask(tx, task.id, {}));

  await updateThread(deps, { tenantId, taskId: task.id });

  expect(await home.thread(issueNumber)).toEqual([expect.stringContaining("**Planning**")]);
});

it("what changes while it is shown is shown by the same job", async () => {
  const { issueNumber, payload } = await behind("old");
  let job: Promise<void> | undefined;

  // The row is ours from before the job looks until its comment is posted: it cannot write down sooner what it showed.
  await world.inTenant(async (tx) => {
    await tx.query("SELECT FROM tasks WHERE id = $1 FOR UPDATE", [payload.taskId]);
    const posted = home.github.next("write");
    job = updateThread(deps, payload);
    await posted;
    await touchTask(tx, payload.taskId, { progress: "new" });
  });
  await job;

  expect(await home.thread(issueNumber)).toEqual([expect.stringContaining("new")]);
  const task = await world.find(payload.taskId);
  expect(task?.threadRendered).toBe(task?.threadVersion);
});

it("a text longer than GitHub takes is cut, not refused", async () => {
  const { issueNumber, payload } = await behind();
  await world.inTenant((tx) => setTask(tx, payload.taskId, { detail: "<!-- ".repeat(20_000) }));

  await updateThread(deps, payload);

  expect((await home.thread(issueNumber))[0]?.length).toBeLessThan(65_536);
});

it("a task that is gone has no thread", async () => {
  const before = home.github.ledger.length;

  await updateThread(deps, { tenantId, taskId: deps.mint("task") });

  expect(home.github.ledger).toHaveLength(before);
});

it("GitHub was never asked for anything it does not know", () => {
  expect(home.github.unexpected).toEqual([]);
});
