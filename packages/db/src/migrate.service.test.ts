import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { migrate, readMigrations } from "./migrate.ts";
import { createTestDatabase } from "./testing/database.ts";

const database = await createTestDatabase();
const { pool } = database;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aicd-migrations-"));
  await pool.query("truncate schema_migrations");
});

afterEach(async () => {
  await pool.query("drop table if exists first, second");
  await rm(folder, { recursive: true });
});

afterAll(database.drop);

test("applies each file once, in order", async () => {
  await write("0001_first.sql", "create table first (x int)");
  await write("0002_second.sql", "create table second as select * from first");

  expect(await run()).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect(await run()).toEqual([]);
});

test("many processes at once apply each file once", async () => {
  await write("0001_first.sql", "select pg_sleep(0.05); create table first (x int)");

  const applied = await Promise.all([run(), run(), run(), run()]);

  expect(applied.flat()).toEqual(["0001_first.sql"]);
});

test("a file that fails leaves nothing behind, and the files before it stay", async () => {
  await write("0001_first.sql", "create table first (x int)");
  await write("0002_second.sql", "create table second (x int); select 1 / 0");

  await expect(run()).rejects.toThrow(/0002_second.sql failed: division by zero/);

  const { rows } = await pool.query("select to_regclass('first') as first, to_regclass('second') as second");
  expect(rows).toEqual([{ first: "first", second: null }]);
});

test("a file changed after it was applied is refused", async () => {
  await write("0001_first.sql", "create table first (x int)");
  await run();
  await write("0001_first.sql", "create table first (x bigint)");

  await expect(run()).rejects.toThrow(/0001_first.sql was changed after it was applied/);
});

test("a busy table delays a migration without failing it", async () => {
  await write("0001_first.sql", "create table first (x int)");
  await run();
  await write("0002_second.sql", "alter table first add y int");
  const reader = await pool.connect();
  await reader.query("begin; lock table first in access share mode");

  const migrating = migrate(pool, { folder, lockTimeoutMs: 20 });
  await expect
    .poll(async () => (await pool.query("select 1 from pg_locks where not granted")).rowCount)
    .toBeGreaterThan(0);
  await reader.query("commit");
  reader.release();

  expect(await migrating).toEqual(["0002_second.sql"]);
});

test("the marker on the first line is read", async () => {
  await write("0001_first.sql", "-- breaking\ncreate table first (x int)");
  await write("0002_second.sql", "-- harmless\ncreate table second (x int)");

  const migrations = await readMigrations(folder);

  expect(migrations.map(({ breaking }) => breaking)).toEqual([true, false]);
});

test.each([["0002_gap.sql"], ["1_short.sql"], ["0001-dashes.sql"]])(
  "%s is refused by its name",
  async (name) => {
    await write(name, "select 1");

    await expect(run()).rejects.toThrow(/should be number 1/);
  },
);

test("the schema of this release is applied in the template", async () => {
  const { rows } = await pool.query(
    "select to_regclass('outbox') as outbox, to_regclass('webhook_deliveries') as d",
  );

  expect(rows).toEqual([{ outbox: "outbox", d: "webhook_deliveries" }]);
});

function run(): Promise<string[]> {
  return migrate(pool, { folder });
}

function write(name: string, sql: string): Promise<void> {
  return writeFile(join(folder, name), sql);
}
