import { describe, expect, it, vi } from "vitest";
import { send } from "./testing/client.ts";
import { createApiWorld, FRONTEND } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const base = `/v1/organizations/${ours.tenantId}`;
const token = ours.users.owner.token;
let serial = 0;
const issue = () => 1_000 + serial++;
const create = (key: string, issueNumber: number, as = token) =>
  send(world, {
    method: "POST",
    path: `${base}/tasks`,
    token: as,
    body: { repository: ours.repositoryId, issueNumber },
    headers: { "idempotency-key": key },
  });

describe("a write with an idempotency key", () => {
  it("is done once and answered twice", async () => {
    const number = issue();

    const first = await create("once", number);
    const again = await create("once", number);

    expect(first.status).toBe(201);
    expect(again.status).toBe(201);
    // Byte for byte: both have the same strong ETag.
    expect(again.text).toBe(first.text);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  it("is done once when two send it at the same moment", async () => {
    for (let round = 0; round < 10; round++) {
      const number = issue();
      const answers = await Promise.all([create(`race-${round}`, number), create(`race-${round}`, number)]);

      const { rows } = await world.database.pool.query(
        "SELECT id FROM tasks WHERE tenant_id = $1 AND issue_number = $2",
        [ours.tenantId, number],
      );
      expect(rows).toHaveLength(1);
      for (const answer of answers) {
        if (answer.status === 201) expect(answer.body).toMatchObject({ id: rows[0]?.id });
        else {
          expect(answer).toMatchObject({ status: 409, body: { type: "urn:aicd:problem:request-running" } });
          expect(answer.headers.get("retry-after")).toBe("1");
        }
      }
      expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
      expect((await create(`race-${round}`, number)).body).toMatchObject({ id: rows[0]?.id });
    }
  });

  it("is refused with another body, and leaves the first answer as it was", async () => {
    const number = issue();
    const first = await create("other", number);

    const other = await create("other", issue());

    expect(other).toMatchObject({ status: 422, body: { type: "urn:aicd:problem:key-reused" } });
    expect((await create("other", number)).body).toEqual(first.body);
  });

  it("is another's when another caller uses the same key", async () => {
    await create("shared", issue());

    expect((await create("shared", issue(), ours.users.admin.token)).status).toBe(201);
    const abroad = await send(world, {
      method: "POST",
      path: `/v1/organizations/${theirs.tenantId}/tasks`,
      token: theirs.users.owner.token,
      body: { repository: theirs.repositoryId, issueNumber: issue() },
      headers: { "idempotency-key": "shared" },
    });
    expect(abroad.status).toBe(201);
  });

  it("keeps no refusal: what failed may succeed later under the same key", async () => {
    const number = issue();
    world.github.permissions.set("member-ours", "read");
    const refused = await create("later", number, ours.users.member.token);
    world.github.permissions.set("member-ours", "write");

    const accepted = await create("later", number, ours.users.member.token);

    expect(refused).toMatchObject({ status: 403, body: { type: "urn:aicd:problem:forbidden" } });
    expect(accepted.status).toBe(201);
  });

  it("is taken over when the process that began it is gone for a minute", async () => {
    const number = issue();
    await create("abandoned", number);
    const stuck =
      "UPDATE idempotency_keys SET status = NULL, body = NULL, created_at = now() - $1::interval WHERE key = 'abandoned'";
    await world.database.pool.query(stuck, ["10 seconds"]);
    expect((await create("abandoned", number)).body).toMatchObject({
      type: "urn:aicd:problem:request-running",
    });

    await world.database.pool.query(stuck, ["61 seconds"]);

    expect((await create("abandoned", number)).body).toMatchObject({ type: "urn:aicd:problem:conflict" });
  });

  it("shows a new key's secret once, not in the repetition and not in the database", async () => {
    const make = () =>
      send(world, {
        method: "POST",
        path: `${base}/api-keys`,
        token,
        body: { name: "ci", role: "viewer" },
        headers: { "idempotency-key": "new-key" },
      });
    const first = await make();
    const again = await make();
    const { secret } = first.body as { secret: string };

    expect(secret).toMatch(/^aicd_live_\w{49}$/);
    expect(again.body).toEqual({ ...(first.body as object), secret: null });
    const { rows } = await world.database.pool.query(
      "SELECT body::text FROM idempotency_keys WHERE key = 'new-key'",
    );
    expect(rows[0]?.body).not.toContain(secret);
    expect((await send(world, { path: base, token: secret })).status).toBe(200);
  });

  it("needs a key of visible characters", async () => {
    expect(await create("a key", issue())).toMatchObject({
      status: 400,
      body: { errors: [{ in: "header", pointer: "/idempotency-key" }] },
    });
  });
});

describe("a write of what somebody may have changed", () => {
  const path = `${base}/repositories/${ours.repositoryId}/settings`;
  const put = (maxBudgetUsd: number, etag?: string) =>
    send(world, {
      method: "PUT",
      path,
      token,
      body: { maxBudgetUsd },
      ...(etag === undefined ? {} : { headers: { "if-match": etag } }),
    });

  it("goes through with the present ETag and is refused with an older one", async () => {
    const etag = (await send(world, { path, token })).headers.get("etag") ?? "";
    const first = await put(3, etag);
    const second = await put(4, etag);
    const third = await put(5, first.headers.get("etag") ?? "");

    expect([first.status, second.status, third.status]).toEqual([200, 412, 200]);
    expect(second.body).toMatchObject({ type: "urn:aicd:problem:changed" });
    expect((await send(world, { path, token })).body).toEqual({ maxBudgetUsd: 5 });
  });

  it("lets one of two through who saw the same", async () => {
    for (let round = 0; round < 5; round++) {
      const etag = (await send(world, { path, token })).headers.get("etag") ?? "";
      const answers = await Promise.all([put(10 + round, etag), put(20 + round, etag)]);

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    }
  });
});

describe("a browser's write", () => {
  const { cookie } = ours.users.owner;
  const csrf = world.deps.peppers.csrf(cookie);
  const write = (headers: Record<string, string>) =>
    send(world, {
      method: "PATCH",
      path: `${base}/repositories/${ours.repositoryId}`,
      body: { enabled: true },
      headers: { cookie: `aicd_session=${cookie}`, ...headers },
    });

  it.each([
    ["without the token", {}, 403],
    ["with another's token", { "x-csrf-token": world.deps.peppers.csrf("another") }, 403],
    ["from a page of somebody else", { "x-csrf-token": csrf, origin: "https://evil.example" }, 403],
    ["from the frontend", { "x-csrf-token": csrf, origin: FRONTEND }, 200],
    ["from our own page", { "x-csrf-token": csrf, origin: new URL(world.deps.publicUrl).origin }, 200],
  ])("%s", async (_name, headers, status) => {
    expect((await write(headers)).status).toBe(status);
  });
});

describe("secrets", () => {
  it("go in and never come out", async () => {
    const value = "sk-ant-0123456789-abcdefghij";
    const put = await send(world, {
      method: "PUT",
      path: `${base}/secrets/ANTHROPIC_API_KEY`,
      token,
      body: { value },
    });
    const list = await send(world, { path: `${base}/secrets`, token });
    const audit = await send(world, { path: `${base}/audit-log?limit=100`, token });

    expect(put.status).toBe(204);
    expect(list.body).toMatchObject({ items: [{ name: "ANTHROPIC_API_KEY", hint: "ghij" }] });
    expect(list.text + audit.text).not.toContain(value);
    expect(audit.text).toContain("secret.set");
    expect((await send(world, { path: `${base}/secrets/ANTHROPIC_API_KEY`, token })).status).toBe(405);
  });
});

describe("an export", () => {
  it("is written one at a time, so that it takes no more than one connection", async () => {
    const path = `${base}/export`;
    const holder = await world.database.pool.connect();
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE subscriptions IN ACCESS EXCLUSIVE MODE");
    const first = send(world, { path, token });
    await vi.waitFor(async () => {
      const { rows } = await world.database.pool.query(
        "SELECT FROM pg_locks WHERE relation = 'subscriptions'::regclass AND NOT granted",
      );
      expect(rows).toHaveLength(1);
    }, 10_000);

    const second = await send(world, { path, token });
    await holder.query("COMMIT");
    holder.release();

    expect(second).toMatchObject({ status: 429, body: { type: "urn:aicd:problem:limited" } });
    expect(Number(second.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await first).status).toBe(200);
    expect((await send(world, { path, token })).status).toBe(200);
  });
});
