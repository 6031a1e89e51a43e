import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { MockAgent } from "@aicd/agents";
import { describe, expect, it, vi } from "vitest";
import { createBrowser } from "../world/browser.ts";
import { dispatched, playRunner } from "../world/runner.ts";
import { createWorld, HUMAN, ORG, type World } from "../world/world.ts";

const REPO = `${ORG}/widget`;
const world = await createWorld({});
const { github, database, person } = world;
await github.createRepository(ORG, "gadget");
const { rows: installed } = await waitFor(
  world,
  "SELECT github_id AS id, tenant_id FROM installations",
  (rows) => rows.length === 1,
);
const installationId = Number(installed[0]?.id);
const tenantId = String(installed[0]?.tenant_id);

type Row = Record<string, unknown>;

async function waitFor(on: World, sql: string, fits: (rows: Row[]) => boolean): Promise<{ rows: Row[] }> {
  return vi.waitUntil(
    async () => {
      const { rows } = await on.database.pool.query<Row>(sql);
      return fits(rows) ? { rows } : false;
    },
    { timeout: 20_000, interval: 50 },
  );
}

const repositories = "SELECT name, active, private FROM repositories ORDER BY name";

describe("the repositories of an installation", () => {
  it("are known as soon as it is made", async () => {
    const { rows } = await waitFor(world, repositories, (found) => found.length >= 1);

    expect(rows).toContainEqual({ name: "widget", active: true, private: false });
  });

  it("keep their history under a new name", async () => {
    const ids = "SELECT id, name FROM repositories WHERE name <> 'widget'";
    const before = await waitFor(world, ids, (rows) => rows.length === 1);

    await github.renameRepository(`${ORG}/gadget`, "gizmo");

    const after = await waitFor(world, ids, (rows) => rows[0]?.name === "gizmo");
    expect(after.rows[0]?.id).toBe(before.rows[0]?.id);
  });
});

it("a repository that becomes private, or public again, counts as that at once", async () => {
  const isPrivate = (expected: boolean) =>
    waitFor(world, repositories, (rows) => rows.find(({ name }) => name === "widget")?.private === expected);

  await github.setPrivate(REPO, true);
  await isPrivate(true);
  await github.setPrivate(REPO, false);
  await isPrivate(false);
});

it("a suspension ends running work and lets none begin; its end lets it begin again", async () => {
  const issue = await person.openIssue(REPO, { title: "Make it faster" });
  await person.label(REPO, issue.number, "aicd");
  await dispatched(world, 0);

  await github.suspendInstallation(installationId, true);

  const { rows } = await waitFor(
    world,
    "SELECT state, detail FROM tasks",
    (found) => found[0]?.state === "CANCELLED",
  );
  expect(rows[0]?.detail).toMatch(/suspended/);
  const { rows: attempts } = await database.pool.query("SELECT state FROM attempts");
  expect(attempts).toEqual([{ state: "cancelled" }]);

  await github.suspendInstallation(installationId, false);
  await waitFor(world, "SELECT state FROM installations", (found) => found[0]?.state === "active");
  const other = await person.openIssue(REPO, { title: "Make it smaller" });
  await person.label(REPO, other.number, "aicd");
  await playRunner(world, await dispatched(world, 1), new MockAgent());
});

it("a delivery for a repository we hold for gone asks GitHub again before it is dropped", async () => {
  await waitFor(world, repositories, (found) => found.length === 2);
  await database.pool.query("UPDATE repositories SET active = false WHERE name = 'gizmo'");
  const issue = await person.openIssue(`${ORG}/gizmo`, { title: "Still here" });
  await person.label(`${ORG}/gizmo`, issue.number, "aicd");

  const { rows } = await waitFor(
    world,
    "SELECT r.active FROM tasks t JOIN repositories r ON r.id = t.repository_id WHERE r.name = 'gizmo'",
    (found) => found.length === 1,
  );

  expect(rows).toEqual([{ active: true }]);
});

it("what no webhook told is found by comparing with GitHub", async () => {
  github.setWebhook(world.app.appId, "http://127.0.0.1:9/nobody");
  await github.suspendInstallation(installationId, true);
  await github.settled();

  await world.server.stop();
  await world.server.start();

  await waitFor(world, "SELECT state FROM installations", (found) => found[0]?.state === "suspended");
  github.setWebhook(world.app.appId, `${world.url}/api/github/webhooks`);
  await github.suspendInstallation(installationId, false);
  await waitFor(world, "SELECT state FROM installations", (found) => found[0]?.state === "active");
});

describe("an uninstalled tenant", () => {
  it("is exported, deleted with proof, and nobody of it can sign in to it any more", async () => {
    const browser = createBrowser();
    await browser.signIn(`${world.url}/auth/github`, HUMAN);
    await github.uninstallApp(installationId);
    await waitFor(world, "SELECT due_at FROM erasures", (found) => found.length === 1);
    const due = await database.pool.query(
      "SELECT due_at < now() + interval '24 hours' AS soon FROM erasures",
    );
    expect(due.rows).toEqual([{ soon: true }]);

    await database.pool.query("UPDATE erasures SET due_at = now()");
    await world.server.stop();
    await world.server.start();
    const { rows } = await waitFor(
      world,
      "SELECT proof, export_path FROM erasures WHERE finished_at IS NOT NULL",
      (found) => found.length === 1,
    );

    const proof = rows[0]?.proof as { tables: Record<string, { deleted: number; left: number }> };
    expect(proof.tables.tasks).toEqual({ deleted: 3, left: 0 });
    expect(Object.values(proof.tables).filter(({ left }) => left > 0)).toEqual([]);
    const { rows: tables } = await database.pool.query<{ name: string }>(`
      SELECT c.relname AS name FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid
      WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND t.attname = 'tenant_id'
        AND c.relname <> 'erasures'`);
    for (const { name } of tables) {
      const left = await database.pool.query(`SELECT count(*)::int AS n FROM ${name} WHERE tenant_id = $1`, [
        tenantId,
      ]);
      expect(left.rows, name).toEqual([{ n: 0 }]);
    }
    const lines = gunzipSync(await readFile(String(rows[0]?.export_path)))
      .toString()
      .trim()
      .split("\n");
    const exported = lines.map((line) => JSON.parse(line) as { table: string; row: Row });
    expect(exported.filter(({ table }) => table === "tasks")).toHaveLength(3);
    expect(exported.filter(({ row }) => "token_hash" in row || ("hash" in row && row.hash === null))).toEqual(
      [],
    );
    const session = await (await browser.fetch(`${world.url}/auth/session`)).json();
    expect(session).toMatchObject({ organizations: [] });
  });

  it("that installs again before the day is over keeps everything", async () => {
    const { installationId: again } = await github.installApp(world.app, ORG, "all");
    await waitFor(world, "SELECT name FROM repositories", (found) => found.length === 2);
    await github.uninstallApp(again);
    await waitFor(world, "SELECT id FROM erasures WHERE finished_at IS NULL", (found) => found.length === 1);
    await github.installApp(world.app, ORG, "all");
    await waitFor(
      world,
      "SELECT id FROM installations WHERE state = 'active'",
      (found) => found.length === 1,
    );

    await waitFor(world, repositories, (found) => found.filter(({ active }) => active).length === 2);
    await database.pool.query("UPDATE erasures SET due_at = now() WHERE finished_at IS NULL");
    await world.server.stop();
    await world.server.start();

    const { rows } = await waitFor(
      world,
      "SELECT proof FROM erasures WHERE finished_at IS NOT NULL ORDER BY created_at",
      (found) => found.length === 2,
    );
    expect(rows[1]?.proof).toEqual({ withdrawn: true });
    expect((await database.pool.query("SELECT id FROM repositories WHERE active")).rowCount).toBe(2);
    expect(github.unexpected).toEqual([]);
  });
});
