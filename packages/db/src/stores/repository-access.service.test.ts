import { randomBytes } from "node:crypto";
import { createMint, type UserId } from "@aicd/core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE, type Viewer } from "../database.ts";
import * as stores from "../index.ts";
import { createTestDatabase, type Planted, plantTenant } from "../testing/database.ts";

const test = await createTestDatabase();
const mint = createMint({ now: Date.now, random: randomBytes });
const app = test.createPool({ role: APP_ROLE, max: 4 });
const db = createDatabase({ app, system: test.createPool({ role: SYSTEM_ROLE, max: 4 }) });

/** Sums of a tenant stay whole; their reader folds what a viewer may not tell apart. */
const WHOLE = ["usage"];
/** Every table that hangs on a repository, from the catalogue: a new one is in these tests by itself. */
const { rows: tables } = await test.pool.query<{ name: string }>(`
  SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT t.attisdropped
    AND (c.relname = 'repositories' OR t.attname IN ('repository_id', 'task_id', 'change_set_id'))
    AND c.relname <> ALL ('{${WHOLE.join()}}') ORDER BY 1`);

let ours: Planted;
beforeAll(async () => {
  ours = await plantTenant(db, mint, 1);
});

const visible = async (name: string, id?: Viewer["id"], maker?: UserId) => {
  const view = id === undefined ? db : db.confinedTo({ id, maker } as Viewer);
  const { rows } = await view.withTenant({ tenantId: ours.tenantId }, (tx) =>
    tx.query(`SELECT count(*)::int AS n FROM ${name}`),
  );
  return rows[0].n as number;
};
const note = (readable: boolean | undefined) =>
  db.withTenant({ tenantId: ours.tenantId }, (tx) =>
    stores.noteReadable(tx, {
      userId: ours.ids.userId,
      seen: [{ repositoryId: ours.repositoryId, readable }],
    }),
  );
const age = (minutes: number) =>
  test.pool.query("UPDATE repository_access SET checked_at = now() - $1 * interval '1 minute'", [minutes]);
const limit = (to: string[] | null) => test.pool.query("UPDATE api_keys SET repositories = $1", [to]);

beforeEach(async () => {
  await test.pool.query("UPDATE repositories SET private = true");
  await note(true);
});

describe.each(tables)("$name", ({ name }) => {
  it("is bound to what the viewer sees of the repositories, by the catalogue", async () => {
    const { rows } = await test.pool.query(
      `SELECT FROM pg_policies WHERE tablename = $1 AND permissive = 'RESTRICTIVE' AND roles = '{aicd_viewer}'
         AND cmd = 'ALL' AND qual ~ 'app.viewer|tasks|repositories'`,
      [name],
    );

    expect(rows).toHaveLength(1);
  });

  it("is there for the server, and for a person as long as GitHub's word for it is young", async () => {
    const all = await visible(name);
    expect(all).toBeGreaterThan(0);
    expect(await visible(name, ours.ids.userId)).toBe(all);
    if (name === "repository_access") return;

    await age(14);
    expect(await visible(name, ours.ids.userId)).toBe(all);
    await age(16);
    expect(await visible(name, ours.ids.userId)).toBe(0);
    await note(false);
    expect(await visible(name, ours.ids.userId)).toBe(0);
    expect(await visible(name, mint("user"))).toBe(0);
  });

  it("is there for everybody when the repository is public, and for a key that names it", async () => {
    if (name === "repository_access") return;
    const all = await visible(name);
    await limit([]);
    expect(await visible(name, ours.ids.keyId)).toBe(0);
    await test.pool.query("UPDATE repositories SET private = false");

    expect(await visible(name, mint("user"))).toBe(all);
    expect(await visible(name, ours.ids.keyId), "a key sees what it names").toBe(0);
    await limit([ours.repositoryId]);
    expect(await visible(name, ours.ids.keyId)).toBe(all);
    expect(await visible(name, mint("apiKey"))).toBe(0);
    expect(await visible(name, ours.ids.keyId, mint("user")), "public to any maker").toBe(all);
    await test.pool.query("UPDATE repositories SET private = true");
    expect(await visible(name, ours.ids.keyId)).toBe(all);
    expect(await visible(name, ours.ids.keyId, mint("user"))).toBe(0);
    expect(await visible(name, ours.ids.keyId, ours.ids.userId)).toBe(all);
    await age(16);
    expect(await visible(name, ours.ids.keyId, ours.ids.userId)).toBe(0);
    await limit(null);
  });
});

it("nobody looks without an id, and nobody's transaction leaves a viewer behind", async () => {
  const one = createDatabase({ app: test.createPool({ role: APP_ROLE, max: 1 }), system: app });
  const scope = { tenantId: ours.tenantId };
  const count = (view: typeof one) =>
    view.withTenant(scope, async (tx) => (await tx.query("SELECT FROM tasks")).rowCount);

  expect(() => one.confinedTo({ id: "" as UserId })).toThrow(/without an id/);
  expect(() => one.confinedTo({ id: "usr_x' OR true --" as UserId })).toThrow(/without an id/);
  expect(await count(one.confinedTo({ id: mint("user") }))).toBe(0);
  expect(await count(one)).toBe(1);
  await one
    .confinedTo({ id: mint("user") })
    .withTenant(scope, (tx) => tx.query("SELECT 1 / 0"))
    .catch(() => undefined);
  expect(await count(one)).toBe(1);
});

it("a sum over the whole is one, and what comes after it is confined again", async () => {
  const seen = await db
    .confinedTo({ id: mint("user") })
    .withTenant({ tenantId: ours.tenantId }, async (tx) => {
      const open = await stores.sumOpenBudgets(tx);
      const all = await stores.seesAll(tx, null);
      return { open: open.tasks, all, after: (await tx.query("SELECT FROM tasks")).rowCount };
    });

  expect(seen).toEqual({ open: 1, all: false, after: 0 });
});

it("asks again about what is older than ten minutes, and waits for what counts no more", async () => {
  const unseen = () =>
    db.withTenant({ tenantId: ours.tenantId }, (tx) =>
      stores.listUnchecked(tx, { userId: ours.ids.userId, limit: 10 }),
    );
  expect(await unseen()).toEqual([]);
  await age(11);
  expect(await unseen()).toMatchObject([{ id: ours.repositoryId, name: "widget", blind: false }]);
  await age(16);
  expect(await unseen()).toMatchObject([{ blind: true }]);
  await note(undefined);
  expect(await unseen(), "GitHub did not answer a moment ago").toEqual([]);
  await test.pool.query("UPDATE repositories SET private = false");
  await age(16);
  expect(await unseen()).toEqual([]);
});

it("a server of the release before reads and writes the same answers by the old name, confined alike", async () => {
  const old = (view: typeof db, text: string) =>
    view.withTenant({ tenantId: ours.tenantId }, async (tx) => (await tx.query(text)).rows);
  await old(
    db,
    `INSERT INTO sights (tenant_id, user_id, repository_id, readable, checked_at)
     SELECT tenant_id, user_id, repository_id, false, now() FROM repository_access
     ON CONFLICT (tenant_id, user_id, repository_id) DO UPDATE
       SET readable = excluded.readable, checked_at = excluded.checked_at`,
  );

  expect(await old(db, "SELECT readable FROM repository_access")).toEqual([{ readable: false }]);
  await note(true);
  expect(await old(db, "SELECT readable FROM sights")).toEqual([{ readable: true }]);
  expect(await old(db.confinedTo({ id: mint("user") }), "SELECT readable FROM sights")).toEqual([]);
});
