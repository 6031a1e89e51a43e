import { randomBytes } from "node:crypto";
import { createMint, type TenantId } from "@aicd/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE, type TenantTx } from "./database.ts";
import * as stores from "./index.ts";
import { createTestDatabase } from "./testing/database.ts";
import { type Planted, plantTenant } from "./testing/plant.ts";

const test = await createTestDatabase();
const mint = createMint({ now: Date.now, random: randomBytes });
const app = test.createPool({ role: APP_ROLE, max: 4 });
const system = test.createPool({ role: SYSTEM_ROLE, max: 4 });
const db = createDatabase({ app, system });

let a: Planted;
let b: Planted;

/** Every table with a tenant in it, from the catalogue: a new one is in these tests by itself. */
const { rows: tables } = await test.pool.query<{ name: string; key: string }>(`
  SELECT c.relname AS name, CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END AS key
  FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    AND (c.relname = 'tenants' OR EXISTS (
      SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped))
  ORDER BY 1`);
/** Written and read by the system alone. */
const SYSTEM_ONLY = new Set(["erasures"]);
const own = tables.filter(({ name }) => !SYSTEM_ONLY.has(name));

beforeAll(async () => {
  a = await plantTenant(db, mint, 1);
  b = await plantTenant(db, mint, 2);
  for (const { tenantId } of [a, b]) {
    // Entries wait for every transaction that was running beside theirs, in whatever database.
    await vi.waitUntil(() => db.withSystem((tx) => stores.chainAudit(tx, tenantId)), { timeout: 10_000 });
  }
});

describe("the catalogue", () => {
  it("has row-level security, forced, with a policy, on every table but the migrations' own", async () => {
    const { rows } = await test.pool.query<{ name: string }>(`
      SELECT c.relname AS name FROM pg_class c
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity
          AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))`);

    expect(rows.map(({ name }) => name)).toEqual(["schema_migrations"]);
  });

  it("names the tenant in every policy of the app, for reading and for writing", async () => {
    const { rows } = await test.pool.query<{
      tablename: string;
      cmd: string;
      qual: string;
      with_check: string;
    }>("SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE 'aicd_app' = ANY (roles)");

    expect(rows.length).toBeGreaterThanOrEqual(own.length);
    const loose = rows.filter(
      ({ cmd, qual, with_check: check }) =>
        !qual?.includes("app.tenant") || (cmd !== "SELECT" && !check?.includes("app.tenant")),
    );
    expect(loose).toEqual([]);
  });

  it("gives the acting roles no way around", async () => {
    const { rows: roles } = await test.pool.query(
      `SELECT rolname FROM pg_roles WHERE rolname LIKE 'aicd\\_%'
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
          OR (rolcanlogin AND rolname NOT LIKE 'aicd\\_login\\_%'))`,
    );
    const { rows: owned } = await test.pool.query(
      `SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname LIKE 'aicd\\_%'`,
    );
    const { rows: views } = await test.pool.query(
      `SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
        AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)`,
    );
    const { rows: functions } = await test.pool.query(
      "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace",
    );

    expect([roles, owned, views, functions]).toEqual([[], [], [], []]);
  });

  it("has the tenant in every unique key and foreign key that a tenant's writes can meet", async () => {
    const { rows } = await test.pool.query<{ name: string }>(
      `
      SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      WHERE i.indisunique AND c.relname = ANY ($1) AND has_table_privilege('aicd_app', c.oid, 'INSERT')
        AND NOT EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum = ANY (i.indkey)
          AND t.attname = 'tenant_id') ORDER BY 1`,
      [tables.map(({ name }) => name)],
    );

    // Ids and hashes of 70 random bits and more, of our own making: nobody can ask for another's. The
    // outbox counts rows.
    expect(rows.map(({ name }) => name)).toEqual([
      "api_keys_hash_key",
      "attempts_by_id",
      "attempts_by_token",
      "outbox_pkey",
    ]);
  });

  it("lets nobody change or delete the audit log but the eraser", async () => {
    const { rows } = await test.pool.query(`
      SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants
      WHERE table_name IN ('audit_log', 'audit_chain') AND grantee LIKE 'aicd\\_%'
        AND privilege_type NOT IN ('SELECT', 'INSERT') ORDER BY 1, 2`);

    expect(rows).toEqual([
      { grantee: "aicd_eraser", table_name: "audit_chain", privilege_type: "DELETE" },
      { grantee: "aicd_eraser", table_name: "audit_log", privilege_type: "DELETE" },
    ]);
  });
});

describe("a tenant", () => {
  const asA = <T>(work: (tx: TenantTx) => Promise<T>) => db.withTenant({ tenantId: a.tenantId }, work);

  it.each(own)("has rows in $name, so that the cases below mean something", async ({ name, key }) => {
    const { rows } = await test.pool.query(`SELECT count(*)::int AS n FROM ${name} WHERE ${key} = $1`, [
      b.tenantId,
    ]);

    expect(rows[0].n).toBeGreaterThan(0);
  });

  it.each(own)("sees, counts and joins only its own rows of $name", async ({ name, key }) => {
    if (name === "outbox")
      return expect(asA((tx) => tx.query("SELECT * FROM outbox"))).rejects.toThrow(/denied/);
    const { rows } = await asA((tx) => tx.query(`SELECT DISTINCT ${key} AS tenant FROM ${name}`));

    expect(rows).toEqual([{ tenant: a.tenantId }]);
  });

  it.each(own)("changes and deletes nothing of another's in $name", async ({ name, key }) => {
    const before = await test.pool.query(`SELECT * FROM ${name} WHERE ${key} = $1 ORDER BY 1, 2`, [
      b.tenantId,
    ]);
    for (const statement of [
      `UPDATE ${name} SET ${key} = ${key} WHERE ${key} = '${b.tenantId}'`,
      `DELETE FROM ${name} WHERE ${key} = '${b.tenantId}'`,
    ]) {
      const done = await asA((tx) => tx.query(statement)).catch((error: Error) => error);
      if (done instanceof Error) expect(done.message).toMatch(/permission denied/);
      else expect(done.rowCount).toBe(0);
    }

    const after = await test.pool.query(`SELECT * FROM ${name} WHERE ${key} = $1 ORDER BY 1, 2`, [
      b.tenantId,
    ]);
    expect(after.rows).toEqual(before.rows);
  });

  it.each(own)("writes nothing into $name in another's name", async ({ name }) => {
    if (name === "outbox") {
      const owed = "INSERT INTO outbox (tenant_id, job, payload) VALUES ($1, 'none', '{}')";
      return expect(asA((tx) => tx.query(owed, [b.tenantId]))).rejects.toThrow(/row-level security/);
    }
    const copy = `INSERT INTO ${name} SELECT (jsonb_populate_record(NULL::${name}, to_jsonb(x) || $1)).* FROM ${name} x LIMIT 1`;
    const foreign = { tenant_id: b.tenantId, id: "forged" };

    await expect(asA((tx) => tx.query(copy, [JSON.stringify(foreign)]))).rejects.toThrow(
      /row-level security|permission denied/,
    );
  });

  it("cannot leave its role", async () => {
    for (const role of ["aicd_system", "aicd_eraser"]) {
      const seen = await asA(async (tx) => {
        await tx.query("RESET ROLE");
        const { rows } = await tx.query("SELECT current_user AS role");
        return rows[0].role;
      });
      expect(seen, role).toBe("aicd_app");
    }
  });

  it("does not see people, sessions, deliveries or what was erased", async () => {
    for (const table of [
      "users",
      "sessions",
      "sign_ins",
      "webhook_deliveries",
      "erasures",
      "webhook_batches",
    ]) {
      await expect(
        asA((tx) => tx.query(`SELECT * FROM ${table}`)),
        table,
      ).rejects.toThrow(/denied/);
    }
  });
});

it("without a tenant there is nothing, and no transaction either", async () => {
  expect((await app.query("SELECT * FROM tasks")).rows).toEqual([]);
  await expect(db.withTenant({ tenantId: "" as TenantId }, async () => 1)).rejects.toThrow(
    /without a tenant/,
  );
  await expect(db.withTenant({ tenantId: "ten_x' OR true --" as TenantId }, async () => 1)).rejects.toThrow(
    /without a tenant/,
  );
});

it("leaks nothing between 50 tenants over 4 connections in 10,000 interleaved requests", {
  timeout: 180_000,
}, async () => {
  const planted: Planted[] = [];
  for (let n = 100; n < 150; n++) planted.push(await plantTenant(db, mint, n));
  const poisoned = createDatabase({
    app: test.createPool({ role: APP_ROLE, max: 4, connectTimeoutMs: 120_000 }),
    system,
  });
  let wrong = 0;
  let failed = 0;

  async function request(n: number): Promise<void> {
    const one = planted[n % planted.length] as Planted;
    const other = planted[(n * 7 + 1) % planted.length] as Planted;
    try {
      await poisoned.withTenant({ tenantId: one.tenantId }, async (tx) => {
        const { rows } = await tx.query("SELECT tenant_id FROM tasks");
        if (rows.some((row) => row.tenant_id !== one.tenantId) || rows.length !== 1) wrong++;
        // Failures in the middle, which leave the connection to whoever comes next.
        if (n % 10 === 3) await tx.query("SELECT 1 / 0");
        if (n % 10 === 7) throw new Error("the caller's own");
        if (other !== one && (await stores.findTask(tx, other.ids.taskId)) !== undefined) wrong++;
      });
    } catch {
      failed++;
    }
  }
  for (let start = 0; start < 10_000; start += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, index) => request(start + index)));
  }

  expect(wrong).toBe(0);
  expect(failed).toBe(2_000);
});
