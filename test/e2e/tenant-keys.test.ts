import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { createBrowser } from "../world/browser.ts";
import { clientOf, dispatched, tokenFor } from "../world/runner.ts";
import { createServerProcess } from "../world/server.ts";
import { createWorld, HUMAN, REPO } from "../world/world.ts";

const KEY = "sk-ant-of-the-tenant-0123456789";
const [old, fresh] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];

/** A vendor that notes which key each call came with. */
const seen: (string | undefined)[] = [];
const vendor = createServer((request, response) => {
  seen.push(request.headers["x-api-key"] as string | undefined);
  request.resume().on("end", () => {
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-5-5",
        content: [{ type: "text", text: "hello" }],
        stop_reason: "end_turn",
        usage: { input_tokens: 10, output_tokens: 5 },
      }),
    );
  });
});
await new Promise<void>((resolve) => vendor.listen(0, "127.0.0.1", resolve));
const address = vendor.address();
const vendorUrl = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";

it("an organisation's own key is used for its calls, shown to nobody, and outlives a change of the master key", async () => {
  const world = await createWorld({
    env: { ANTHROPIC_BASE_URL: vendorUrl, ENCRYPTION_KEY: old },
    after: (work) =>
      onTestFinished(async () => {
        await work();
        vendor.close();
      }),
  });
  const { url } = world;
  const issue = await world.person.openIssue(REPO, { title: "Make the widget two" });
  await world.person.label(REPO, issue.number, "aicd");
  const run = await dispatched(world, 0);
  const client = clientOf(world);
  const lease = await client.lease(() => tokenFor(world, run), {
    attemptId: run.attemptId,
    runKey: run.runKey,
  });
  const ask = () =>
    fetch(`${url}/v1/models/anthropic/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": lease.leaseToken },
      body: JSON.stringify({
        model: lease.models.planner.model,
        max_tokens: 10,
        messages: [{ role: "user", content: "hi" }],
      }),
    });
  const none = await ask();
  expect([none.status, ((await none.json()) as { detail: string }).detail]).toEqual([
    403,
    "No key for anthropic is set. An operator sets one for the server, or an admin one for the organisation.",
  ]);

  const browser = createBrowser();
  await browser.signIn(`${url}/auth/github`, HUMAN);
  const session = (await (await browser.fetch(`${url}/auth/session`)).json()) as {
    organizations: { id: string }[];
    csrf: { token: string };
  };
  const secrets = `${url}/v1/organizations/${session.organizations[0]?.id}/secrets`;
  const put = await browser.fetch(`${secrets}/ANTHROPIC_API_KEY`, {
    method: "PUT",
    headers: { "content-type": "application/json", "x-csrf-token": session.csrf.token, origin: url },
    body: JSON.stringify({ value: KEY }),
  });
  expect(put.status).toBeLessThan(300);
  expect(await put.text()).not.toContain(KEY);
  expect(await (await browser.fetch(secrets)).text()).not.toContain(KEY.slice(0, -4));

  expect((await ask()).status).toBe(200);
  const row = () =>
    world.database.pool.query<{ text: string; master_key: string }>(
      "SELECT s::text AS text, master_key FROM tenant_secrets s",
    );
  const before = (await row()).rows[0];
  expect(before?.text).not.toContain(Buffer.from(KEY).toString("hex"));

  for (const [name, keys] of Object.entries({ during: `${fresh},${old}`, after: fresh })) {
    await world.server.stop();
    const server = createServerProcess({
      ...world.env,
      ENCRYPTION_KEY: keys,
      AICD_DIRECTORY: join(world.directory, name),
    });
    await server.start();
    await vi.waitUntil(async () => (await row()).rows[0]?.master_key !== before?.master_key, {
      timeout: 10_000,
    });
    expect((await ask()).status, name).toBe(200);
    expect(server.lines.filter((line) => JSON.stringify(line).includes(KEY.slice(7)))).toEqual([]);
    await server.stop();
  }
  expect(seen).toEqual([KEY, KEY, KEY]);

  const stranger = createServerProcess({ ...world.env, ENCRYPTION_KEY: old });
  void stranger.start().catch(() => undefined);
  const { err } = await stranger.line(({ level }) => level === "fatal");
  expect(JSON.stringify(err), "a server that could not read what is stored").toMatch(/another master key/);
});
