import { expect, it, onTestFinished, vi } from "vitest";
import { send } from "./testing/client.ts";
import { openStream } from "./testing/stream.ts";
import { createApiWorld, HIDDEN } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, github } = world;
const { pool } = world.database;
const { member, owner, admin } = ours.users;
const base = `/v1/organizations/${ours.tenantId}`;
const vault = `${ours.login}/${HIDDEN}`;
const names = async (token: string) => {
  const got = await send(world, { path: `${base}/repositories`, token });
  return (got.body as { items: { name: string }[] }).items.map(({ name }) => name);
};
const age = async (minutes: number) => {
  world.clock.offsetMs += 60_000;
  await pool.query("UPDATE repository_access SET checked_at = now() - $1 * interval '1 minute'", [minutes]);
};
const show = (login: string, permission: string) => github.permissions.set(`${vault} ${login}`, permission);

it("asks GitHub once about a person and a repository, however many requests come at once", async () => {
  github.asked.length = 0;

  await Promise.all(Array.from({ length: 10 }, () => names(member.token)));
  await names(member.token);

  expect(github.asked.filter((asked) => asked.endsWith(` ${member.login}`)).sort()).toEqual([
    `${vault} ${member.login}`,
    `${ours.login}/widget ${member.login}`,
  ]);
});

it("learns within a quarter of an hour that somebody may read a repository, or no longer", async () => {
  expect(await names(member.token)).toEqual(["widget"]);
  show(member.login, "read");
  expect(await names(member.token)).toEqual(["widget"]);
  await age(16);
  expect(await names(member.token)).toEqual(["widget", HIDDEN]);
  show(member.login, "none");
  await age(16);
  expect(await names(member.token)).toEqual(["widget"]);
});

it("shows nothing private while GitHub is away for longer than its word counts", async () => {
  github.away.now = true;
  onTestFinished(() => {
    github.away.now = false;
  });

  await age(11);
  expect(await names(member.token)).toEqual(["widget"]);
  await age(16);
  expect((await send(world, { path: `${base}/repositories`, token: member.token })).status).toBe(503);
  expect(await names(owner.token), "GitHub needs not be asked about an owner").toEqual(["widget", HIDDEN]);
});

it("ends a stream when GitHub hides its repository", async () => {
  show(member.login, "read");
  await age(16);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const path = `${base}/tasks/${ours.hidden.taskId}/events/stream`;
  const stream = await openStream(world, { path, token: member.token });
  onTestFinished(stream.close);
  expect(await stream.take(2)).toHaveLength(2);

  show(member.login, "none");
  await age(16);
  await vi.advanceTimersByTimeAsync(15_000);

  expect(await stream.next()).toBeUndefined();
});

it("a key sees no more than who makes it, and not all any more when they may not make such", async () => {
  const make = (token: string, body: object) =>
    send(world, {
      method: "POST",
      path: `${base}/api-keys`,
      token,
      body: { name: "ci", role: "viewer", ...body },
    });
  const refused = await make(admin.token, {});
  const foreign = await make(admin.token, { repositories: [ours.hidden.repositoryId] });
  const limited = await make(admin.token, { repositories: [ours.repositoryId] });
  const all = await make(owner.token, {});
  show(admin.login, "read");
  await age(16);
  const both = await make(admin.token, {
    repositories: [ours.repositoryId, ours.hidden.repositoryId],
  });
  show(admin.login, "none");
  await age(16);

  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining("repositories") } });
  expect(foreign.status).toBe(404);
  expect(await names((limited.body as { secret: string }).secret)).toEqual(["widget"]);
  expect(await names((all.body as { secret: string }).secret)).toEqual(["widget", HIDDEN]);

  show(admin.login, "read");
  await age(16);
  const later = await make(admin.token, {});
  show(admin.login, "none");
  await age(16);
  const { secret } = later.body as { secret: string };
  expect(await names(secret), "an organisation's program").toEqual(["widget", HIDDEN]);
  const path = `${base}/members/${admin.userId}`;
  await send(world, { method: "PATCH", path, token: owner.token, body: { role: "viewer" } });
  expect(await names(secret), "of somebody who may make none").toEqual(["widget"]);
  const { secret: limits } = both.body as { secret: string };
  expect(await names(limits), "nor does its own list help").toEqual(["widget"]);
});

it("a program that is limited makes keys within its limits only", async () => {
  const token = await world.key(ours, "owner", undefined, { repositories: [ours.repositoryId] });
  const make = (body: object) =>
    send(world, {
      method: "POST",
      path: `${base}/api-keys`,
      token,
      body: { name: "ci", role: "viewer", ...body },
    });

  expect((await make({})).status).toBe(403);
  expect((await make({ repositories: [ours.hidden.repositoryId] })).status).toBe(404);
  expect((await make({ repositories: [ours.repositoryId] })).status).toBe(201);
});

it("what counts no more is hidden even while nothing is asked again", async () => {
  show(member.login, "read");
  await age(16);
  expect(await names(member.token)).toEqual(["widget", HIDDEN]);
  await names(member.token);

  await pool.query("UPDATE repository_access SET checked_at = now() - interval '16 minutes'");

  expect(await names(member.token)).toEqual([]);
});
