import { TenantSettings } from "@aicd/core";
import { expect, it } from "vitest";
import { send } from "./testing/client.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours } = world;
const path = `/v1/organizations/${ours.tenantId}/settings`;
const token = ours.users.admin.token;
const read = () => send(world, { path, token });
const change = (body: object, etag?: string) =>
  send(world, {
    method: "PATCH",
    path,
    token,
    body,
    ...(etag === undefined ? {} : { headers: { "if-match": etag } }),
  });
const owed = async () => {
  const { rows } = await world.database.pool.query("SELECT FROM outbox WHERE job = 'pause-tenant'");
  return rows.length;
};

it("are the defaults before anybody set them, and keep what a change leaves out", async () => {
  const nothing = TenantSettings.parse({});
  expect((await read()).body).toEqual(nothing);

  await change({ monthlyBudgetMicroUsd: 5_000_000 });
  const changed = await change({ provider: "openai", model: "gpt-5.5-mini" });

  const now = { ...nothing, monthlyBudgetMicroUsd: 5_000_000, provider: "openai", model: "gpt-5.5-mini" };
  expect(changed.body).toEqual(now);
  const got = await read();
  expect([got.body, got.headers.get("etag")]).toEqual([now, changed.headers.get("etag")]);
});

it("put an opt-out of the sandbox on the audit log, which only who may write them can take", async () => {
  const body = { weakestSandbox: "process" };
  const refused = await send(world, { method: "PATCH", path, token: ours.users.viewer.token, body });
  expect([refused.status, (await read()).body]).toMatchObject([403, { weakestSandbox: "bwrap" }]);

  expect((await change(body)).status).toBe(200);

  const { rows } = await world.database.pool.query(
    "SELECT detail FROM audit_log WHERE action = 'organization.settings_set' ORDER BY id DESC LIMIT 1",
  );
  expect(rows[0].detail).toMatchObject({
    before: { weakestSandbox: "bwrap" },
    after: { weakestSandbox: "process" },
  });
  await change({ weakestSandbox: "bwrap" });
});

it("let one of two through who saw the same", async () => {
  for (let round = 1; round <= 5; round++) {
    const etag = (await read()).headers.get("etag") ?? "";
    const answers = await Promise.all([
      change({ monthlyBudgetMicroUsd: round }, etag),
      change({ monthlyBudgetMicroUsd: 1_000 + round }, etag),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  }
});

it("have no model without its vendor, and nothing unknown", async () => {
  await change({ provider: null, model: null });

  expect(await change({ model: "gpt-5.5" })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "/model" }] },
  });
  expect((await change({ provider: "openai", model: "\ud800" })).status).toBe(400);
  expect((await change({ color: "red" })).status).toBe(400);
  expect((await change({ paused: null })).status).toBe(400);
});

it("owe the end of running work once for each pause", async () => {
  await change({ paused: true });
  await change({ paused: true });
  expect(await owed()).toBe(1);
  await change({ paused: false });
  expect(await owed()).toBe(1);
  const { rows } = await world.database.pool.query(
    "SELECT detail FROM audit_log WHERE action = 'organization.settings_set' ORDER BY id DESC LIMIT 1",
  );
  expect(rows[0]?.detail).toMatchObject({ before: { paused: true }, after: { paused: false } });
});
