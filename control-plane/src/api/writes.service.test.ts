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
    expect(again.body).toEqual(first.body);
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

describe("roles", () => {
  it("keep the last owner, and only owners make owners", async () => {
    const path = (role: keyof typeof ours.users) => `${base}/members/${ours.users[role].userId}`;
    const set = (role: keyof typeof ours.users, to: string, as = token) =>
      send(world, { method: "PATCH", path: path(role), token: as, body: { role: to } });

    expect((await set("owner", "admin")).body).toMatchObject({ type: "urn:aicd:problem:conflict" });
    expect((await set("viewer", "owner", ours.users.admin.token)).status).toBe(403);
    expect((await set("owner", "viewer", ours.users.admin.token)).status).toBe(403);
    expect((await set("viewer", "owner")).body).toMatchObject({ role: "owner", source: "set" });
    expect((await set("viewer", "viewer")).status).toBe(200);
  });

  it("give no role that may do more than the giver, and a key none beyond its scopes", async () => {
    const set = (to: string, as: string) =>
      send(world, {
        method: "PATCH",
        path: `${base}/members/${ours.users.viewer.userId}`,
        token: as,
        body: { role: to },
      });
    const narrow = await world.key(ours, "admin", ["member.write", "member.read"]);

    expect((await set("billing", ours.users.admin.token)).status).toBe(403);
    expect((await set("admin", narrow)).status).toBe(403);
    expect((await set("member", ours.users.admin.token)).status).toBe(200);
    expect((await set("viewer", ours.users.admin.token)).status).toBe(200);
  });

  it("one of two owners who demote each other at once stays", async () => {
    const { admin, owner } = ours.users;
    await send(world, {
      method: "PATCH",
      path: `${base}/members/${admin.userId}`,
      token,
      body: { role: "owner" },
    });

    const answers = await Promise.all([
      send(world, {
        method: "PATCH",
        path: `${base}/members/${admin.userId}`,
        token,
        body: { role: "member" },
      }),
      send(world, {
        method: "PATCH",
        path: `${base}/members/${owner.userId}`,
        token: admin.token,
        body: { role: "member" },
      }),
    ]);

    const { rows } = await world.database.pool.query(
      "SELECT count(*)::int AS owners FROM memberships WHERE tenant_id = $1 AND role = 'owner'",
      [ours.tenantId],
    );
    expect(rows[0]?.owners).toBe(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await world.database.pool.query(
      "UPDATE memberships SET role = CASE user_id WHEN $2 THEN 'owner' ELSE 'admin' END WHERE tenant_id = $1 AND user_id IN ($2, $3)",
      [ours.tenantId, owner.userId, admin.userId],
    );
  });

  it("give no key more than its maker has", async () => {
    const make = (as: string, body: object) =>
      send(world, { method: "POST", path: `${base}/api-keys`, token: as, body: { name: "k", ...body } });
    const narrow = await world.key(ours, "admin", ["api_key.write", "task.read"]);

    expect((await make(ours.users.admin.token, { role: "owner" })).status).toBe(403);
    expect((await make(narrow, { role: "viewer" })).status).toBe(403);
    expect((await make(narrow, { role: "viewer", scopes: ["task.read"] })).status).toBe(201);
  });
});

describe("keys", () => {
  it("stop working when they are revoked, and after the overlap of a rotation", async () => {
    const made = await send(world, {
      method: "POST",
      path: `${base}/api-keys`,
      token,
      body: { name: "deploy", role: "viewer" },
    });
    const old = made.body as { id: string; secret: string };
    const rotated = await send(world, {
      method: "POST",
      path: `${base}/api-keys/${old.id}/rotate`,
      token,
      body: { overlapSeconds: 0 },
    });
    const fresh = rotated.body as { id: string; secret: string; role: string };

    expect(fresh.role).toBe("viewer");
    expect((await send(world, { path: base, token: old.secret })).status).toBe(401);
    expect((await send(world, { path: base, token: fresh.secret })).status).toBe(200);
    await send(world, { method: "DELETE", path: `${base}/api-keys/${fresh.id}`, token });
    expect((await send(world, { path: base, token: fresh.secret })).status).toBe(401);
  });
});

describe("a key of somebody", () => {
  const { admin, owner } = ours.users;
  const age = (userId: string) =>
    world.database.pool.query(
      "UPDATE memberships SET checked_at = now() - interval '16 minutes' WHERE tenant_id = $1 AND user_id = $2",
      [ours.tenantId, userId],
    );
  const restore = () =>
    world.database.pool.query(
      `INSERT INTO memberships (tenant_id, user_id, login, role, source) VALUES ($1, $2, $3, 'admin', 'set')
       ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = 'admin', checked_at = now()`,
      [ours.tenantId, admin.userId, admin.login],
    );

  it("who got a smaller role may do no more than they may", async () => {
    const key = await world.key(ours, "admin");
    const path = `${base}/members/${admin.userId}`;
    expect((await send(world, { path: `${base}/secrets`, token: key })).status).toBe(200);

    await send(world, { method: "PATCH", path, token: owner.token, body: { role: "viewer" } });

    expect((await send(world, { path: `${base}/secrets`, token: key })).status).toBe(403);
    expect((await send(world, { path: `${base}/tasks`, token: key })).status).toBe(200);
    await restore();
  });

  it("who left the organisation on GitHub opens nothing, until a member rotates it", async () => {
    world.github.members.set(admin.login, { id: admin.githubId, role: "member" });
    const made = await send(world, {
      method: "POST",
      path: `${base}/api-keys`,
      token: admin.token,
      body: { name: "ci", role: "admin", repositories: [ours.repositoryId] },
    });
    const key = made.body as { id: string; secret: string };
    await age(admin.userId);
    const asked = await send(world, { path: `${base}/secrets`, token: key.secret });
    world.github.members.delete(admin.login);
    await age(admin.userId);

    const left = await send(world, { path: `${base}/secrets`, token: key.secret });
    const elsewhere = await send(world, { path: "/v1/organizations", token: key.secret });
    const abroad = await send(world, {
      path: `/v1/organizations/${theirs.tenantId}/secrets`,
      token: key.secret,
    });
    const rotated = await send(world, {
      method: "POST",
      path: `${base}/api-keys/${key.id}/rotate`,
      token: owner.token,
      body: {},
    });

    expect(asked.status, "a member still, with the role that was given here").toBe(200);
    expect(left).toMatchObject({ status: 403, body: { detail: expect.stringContaining(admin.login) } });
    expect(elsewhere.body).toEqual({ items: [] });
    expect(abroad.status).toBe(404);
    const { secret } = rotated.body as { secret: string };
    expect((await send(world, { path: `${base}/secrets`, token: secret })).status).toBe(200);
    const log = await send(world, { path: `${base}/audit-log?action=member.left`, token });
    expect(log.body).toMatchObject({
      items: [{ target: admin.userId, detail: { login: admin.login, before: "admin", after: null } }],
    });
    await restore();
  });

  it("whose login somebody else took since opens nothing", async () => {
    const key = await world.key(ours, "admin");
    world.github.members.set(admin.login, { id: 999_999, role: "admin" });
    await age(admin.userId);

    expect((await send(world, { path: `${base}/secrets`, token: key })).status).toBe(403);
    await restore();
  });

  it("is answered with 503, not guessed, when GitHub cannot say", async () => {
    const key = await world.key(ours, "admin");
    await age(admin.userId);
    world.github.away.now = true;
    const got = await send(world, { path: `${base}/secrets`, token: key });
    world.github.away.now = false;

    expect(got).toMatchObject({ status: 503, body: { type: "urn:aicd:problem:unavailable" } });
    await restore();
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

describe("steering a task", () => {
  it("asks GitHub who may write, for a key as the person who made it", async () => {
    world.github.permissions.set("viewer-ours", "read");
    const key = await world.key(ours, "member");
    world.github.permissions.set("member-ours", "none");
    const refused = await create("gate-1", issue(), key);
    world.github.permissions.set("member-ours", "write");

    expect(refused).toMatchObject({ status: 403 });
    expect((await create("gate-1", issue(), key)).status).toBe(201);
  });

  it("says that GitHub is away rather than guess", async () => {
    world.github.away.now = true;
    const got = await create("away", issue());
    world.github.away.now = false;

    expect(got).toMatchObject({ status: 503, body: { type: "urn:aicd:problem:unavailable" } });
    expect(got.headers.get("retry-after")).not.toBeNull();
  });

  it("approves the plan on the table and no other", async () => {
    const approve = (hash: string) =>
      send(world, { method: "POST", path: `${base}/tasks/${ours.taskId}/approve`, token, body: { hash } });

    const wrong = await approve("ffffffffffff");
    const right = await approve(ours.planHash);
    const again = await approve(ours.planHash);

    expect(wrong.body).toMatchObject({ type: "urn:aicd:problem:conflict" });
    expect(right).toMatchObject({ status: 200, body: { state: "QUEUED", plan: { state: "approved" } } });
    expect(again.status).toBe(409);
    const { rows } = await world.database.pool.query(
      "SELECT job FROM outbox WHERE payload ->> 'taskId' = $1 AND job = 'start-attempt'",
      [ours.taskId],
    );
    expect(rows).toHaveLength(1);
  });

  it("leaves nothing of a refused wish behind", async () => {
    const before = await world.database.pool.query("SELECT count(*)::int AS n FROM intents");
    await send(world, { method: "POST", path: `${base}/tasks/${ours.taskId}/retry`, token });
    const after = await world.database.pool.query("SELECT count(*)::int AS n FROM intents");

    expect(after.rows[0]?.n).toBe(before.rows[0]?.n);
  });

  it("begins nothing in a repository that is switched off", async () => {
    const path = `${base}/repositories/${ours.repositoryId}`;
    await send(world, { method: "PATCH", path, token, body: { enabled: false } });
    const refused = await create("off", issue());
    await send(world, { method: "PATCH", path, token, body: { enabled: true } });

    expect(refused).toMatchObject({ status: 409 });
    expect((await create("off", issue())).status).toBe(201);
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
