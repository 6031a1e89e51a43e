import { describe, expect, it } from "vitest";
import { send } from "./testing/client.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const base = `/v1/organizations/${ours.tenantId}`;
const token = ours.users.owner.token;

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
