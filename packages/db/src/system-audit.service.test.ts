import { beforeEach, expect, it } from "vitest";
import { createDatabase, SYSTEM_ROLE } from "./database.ts";
import { createSystemAudit } from "./system-audit.ts";
import { createTestDatabase } from "./testing/database.ts";

const test = await createTestDatabase();
let audit = createSystemAudit("test");
let pool = test.createPool({ role: SYSTEM_ROLE });

beforeEach(async () => {
  await test.pool.query("DELETE FROM system_audit");
  audit = createSystemAudit("test");
  pool = test.createPool({ role: SYSTEM_ROLE, onStatement: audit.note });
});

async function account(): Promise<Record<string, string>> {
  const { rows } = await test.pool.query<{ statement: string; calls: string; rows: string }>(
    "SELECT statement, calls, rows FROM system_audit WHERE actor = 'test'",
  );
  return Object.fromEntries(rows.map(({ statement, calls, rows: n }) => [statement, `${calls}/${n}`]));
}

it("holds every statement of the system's role, however it was sent, with what it touched", async () => {
  const db = createDatabase({ app: pool, system: pool });
  await pool.query("SELECT generate_series(1, $1::int)", [3]);
  await pool.query("SELECT generate_series(1, $1::int)", [4]);
  await expect(pool.query("SELECT wrong")).rejects.toThrow(/wrong/);
  await db.withSystem((tx) => tx.query({ text: "SELECT 1 WHERE $1", values: [false] }));
  await db.withEraser((tx) => tx.query("DELETE FROM users"));

  await audit.write(pool);

  expect(await account()).toMatchObject({
    "SELECT generate_series(1, $1::int)": "2/7",
    "SELECT wrong": "1/0",
    "SELECT 1 WHERE $1": "1/0",
    BEGIN: "1/0",
    "BEGIN; SET LOCAL ROLE aicd_eraser": "1/0",
    "DELETE FROM users": "1/0",
  });
});

it("adds up over time and over processes that write at once", async () => {
  const other = createSystemAudit("test");
  for (const each of [audit, other, other]) each.note("SELECT x", 5);

  await Promise.all([audit.write(test.pool), other.write(test.pool)]);
  audit.note("SELECT x", 1);
  await audit.write(test.pool);

  expect(await account()).toEqual({ "SELECT x": "4/16" });
});

it("keeps what could not be written for the next time", async () => {
  audit.note("SELECT y", 1);
  const gone = test.createPool({ role: "pg_monitor" });

  await expect(audit.write(gone)).rejects.toThrow(/denied/);
  await audit.write(test.pool);

  expect(await account()).toEqual({ "SELECT y": "1/1" });
});

it("cannot be mended by the role it tells of", async () => {
  audit.note("SELECT z", 1);
  await audit.write(pool);

  for (const statement of [
    "UPDATE system_audit SET statement = ''",
    "UPDATE system_audit SET actor = ''",
    "DELETE FROM system_audit",
    "TRUNCATE system_audit",
  ]) {
    await expect(pool.query(statement), statement).rejects.toThrow(/denied/);
  }
});
