import { readdir } from "node:fs/promises";
import { appendAudit, endInstallation, oweErasure, upsertInstallation } from "@aicd/db";
import { expect, it, vi } from "vitest";
import { plantTenant } from "../api/testing/plant.ts";
import { createApiWorld, type Organization } from "../api/testing/world.ts";
import { eraseDue } from "./erase.ts";

const world = await createApiWorld();
const { deps, ours, theirs } = world;
const { pool } = world.database;
const count = async (table: string, { tenantId }: Pick<Organization, "tenantId">) => {
  const { rows } = await pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`, [
    tenantId,
  ]);
  return rows[0]?.n;
};

async function uninstall({ tenantId }: Pick<Organization, "tenantId">, githubId: number): Promise<void> {
  await deps.db.withSystem(async (tx) => {
    await endInstallation(tx, githubId);
    await oweErasure(tx, deps.mint, { tenantId, afterHours: 0 });
  });
}

it("spares an organisation that installs the App again while its export is being written", async () => {
  await uninstall(ours, 1);
  const before = await count("tasks", ours);
  const holder = await pool.connect();
  await holder.query("BEGIN");
  await holder.query("LOCK TABLE subscriptions IN ACCESS EXCLUSIVE MODE");

  const erasing = eraseDue(deps);
  await vi.waitFor(async () => {
    const { rows } = await pool.query(
      "SELECT FROM pg_locks WHERE relation = 'subscriptions'::regclass AND NOT granted",
    );
    expect(rows).toHaveLength(1);
  }, 10_000);
  await deps.db.withSystem((tx) =>
    upsertInstallation(tx, deps.mint, {
      githubId: 77,
      account: { id: 1, login: ours.login, kind: "Organization" },
      state: "active",
    }),
  );
  await holder.query("COMMIT");
  holder.release();
  await erasing;

  expect(before).toBeGreaterThan(0);
  expect(await count("tasks", ours)).toBe(before);
  const { rows } = await pool.query("SELECT proof FROM erasures WHERE tenant_id = $1", [ours.tenantId]);
  expect(rows).toEqual([{ proof: { withdrawn: true } }]);
});

it("erases who stayed away, and nobody else", async () => {
  await uninstall(theirs, 2);

  await eraseDue(deps);

  expect(await count("tasks", theirs)).toBe(0);
  expect(await count("audit_log", theirs)).toBe(0);
  expect(await count("tasks", ours)).toBeGreaterThan(0);
  const { rows } = await pool.query("SELECT proof, finished_at FROM erasures WHERE tenant_id = $1", [
    theirs.tenantId,
  ]);
  expect(rows[0]?.finished_at).toBeInstanceOf(Date);
  expect(rows[0]?.proof.tables.tasks.left).toBe(0);
  expect(await readdir(deps.exportDirectory)).toContain(`${theirs.tenantId}.ndjson.gz`);
});

it("keeps no export past the day that was promised", async () => {
  world.clock.offsetMs = 12 * 60 * 60_000;

  await eraseDue(deps);

  expect(await readdir(deps.exportDirectory)).toEqual([]);
});

it("leaves no row of a write that was in flight while its organisation was erased", async () => {
  const third = await plantTenant(pool, deps.mint, { login: "third", number: 3 });
  await uninstall(third, 3);
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const writing = deps.db.withTenant({ tenantId: third.tenantId }, async (tx) => {
    const actor = { kind: "system" as const, id: "test" };
    await appendAudit(tx, deps.mint, { actor, action: "secret.set", target: third.taskId });
    begun.resolve();
    await go.promise;
  });
  await begun.promise;

  const erasing = eraseDue(deps);
  await vi.waitFor(async () => {
    const waiting = await pool.query("SELECT FROM pg_locks WHERE NOT granted");
    const done = await pool.query("SELECT FROM erasures WHERE tenant_id = $1 AND finished_at IS NOT NULL", [
      third.tenantId,
    ]);
    expect((waiting.rowCount ?? 0) + (done.rowCount ?? 0)).toBeGreaterThan(0);
  }, 10_000);
  go.resolve();
  await Promise.allSettled([writing, erasing]);
  await eraseDue(deps);

  expect(await count("audit_log", third)).toBe(0);
  expect(await count("tasks", third)).toBe(0);
  const { rows } = await pool.query("SELECT finished_at FROM erasures WHERE tenant_id = $1", [
    third.tenantId,
  ]);
  expect(rows).toMatchObject([{ finished_at: expect.any(Date) }]);
});
