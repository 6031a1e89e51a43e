import type { TaskState } from "@aicd/core";
import { expect, onTestFinished, test } from "vitest";
import { plantTask } from "../testing/plant.ts";
import { openStream } from "../testing/stream.ts";
import { createApiWorld, HIDDEN } from "../testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const { pool } = world.database;
const { mint } = world.deps;
let issueNumber = 100;

type Changes = { missed: boolean; tasks: { id: string; state: TaskState }[] };

async function open(token: string) {
  const stream = await openStream(world, { path: `/v1/organizations/${ours.tenantId}/tasks/stream`, token });
  onTestFinished(stream.close);
  const next = async () => (await stream.next())?.data as unknown as Changes | undefined;
  return { status: stream.status, next };
}

const plant = (where: Pick<typeof ours, "tenantId" | "repositoryId">, state: TaskState = "QUEUED") =>
  plantTask(pool, mint, { ...where, issueNumber: issueNumber++, state });
const move = (id: string, state: TaskState) =>
  pool.query("UPDATE tasks SET state = $2, thread_version = thread_version + 1 WHERE id = $1", [id, state]);

test("a watcher is told to read the list, then of every task that is new, moves or ends", async () => {
  const { next } = await open(ours.users.viewer.token);
  expect(await next()).toMatchObject({ missed: true, tasks: [] });

  const taskId = await plant(ours);
  expect(await next()).toMatchObject({ missed: false, tasks: [{ id: taskId, state: "QUEUED" }] });
  await move(taskId, "PLANNING");
  expect(await next()).toMatchObject({ tasks: [{ id: taskId, state: "PLANNING" }] });
  await move(taskId, "CANCELLED");
  expect(await next()).toMatchObject({ tasks: [{ id: taskId, state: "CANCELLED" }] });
});

test("each sees only what they may see: not other organisations', not repositories hidden from them", async () => {
  const { rows } = await pool.query<{ id: string }>(
    "SELECT id FROM repositories WHERE tenant_id = $1 AND name = $2",
    [ours.tenantId, HIDDEN],
  );
  const hidden = { ...ours, repositoryId: rows[0]?.id as typeof ours.repositoryId };
  const [owner, viewer] = [await open(ours.users.owner.token), await open(ours.users.viewer.token)];
  await Promise.all([owner.next(), viewer.next()]);

  const foreign = await plant(theirs);
  const secret = await plant(hidden);
  const shown = await plant(ours);

  const seen = async (stream: typeof owner) => {
    const ids: string[] = [];
    while (!ids.includes(shown)) ids.push(...((await stream.next())?.tasks ?? []).map(({ id }) => id));
    return ids;
  };
  const [byOwner, byViewer] = [await seen(owner), await seen(viewer)];
  expect(byOwner).toContain(secret);
  expect(byViewer).toEqual([shown]);
  expect([...byOwner, ...byViewer]).not.toContain(foreign);
});

test("who leaves makes room: one caller has so many streams and no more", async () => {
  const { token } = ours.users.admin;
  const path = `/v1/organizations/${ours.tenantId}/tasks/stream`;
  const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(world, { path, token })));
  expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
  expect((await openStream(world, { path, token })).status).toBe(429);

  for (const stream of streams) stream.close();

  const again = async () => {
    const stream = await openStream(world, { path, token });
    stream.close();
    return stream.status;
  };
  await expect.poll(again).toBe(200);
});
