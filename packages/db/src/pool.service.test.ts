import { expect, test } from "vitest";
import { createPool } from "./pool.ts";
import { createTestDatabase } from "./testing/database.ts";

const database = await createTestDatabase();

test("a connection cut by the server is reported and replaced", async () => {
  const errors: string[] = [];
  const pool = database.createPool({
    applicationName: "cut",
    onError: (error) => errors.push(error.message),
  });
  await pool.query("select 1");

  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut'",
  );

  await expect.poll(() => errors.length).toBe(1);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a statement that takes too long is cancelled", async () => {
  const pool = database.createPool({ statementTimeoutMs: 30 });

  await expect(pool.query("select pg_sleep(10)")).rejects.toThrow(/statement timeout/);
});

test("waiting for a free connection ends", async () => {
  // The first one has to come about within it as well, on a busy machine too.
  const pool = database.createPool({ max: 1, connectTimeoutMs: 1_000 });
  const held = await pool.connect();

  await expect(pool.connect()).rejects.toThrow(/timeout/);

  held.release();
});

test("sessions act as the role they are given", async () => {
  const pool = database.createPool({ role: "pg_monitor" });

  const { rows } = await pool.query("select current_user as acting");

  expect(rows).toEqual([{ acting: "pg_monitor" }]);
});

test("a role that is not a plain name is refused", () => {
  const options = {
    connectionString: "postgresql://x",
    applicationName: "x",
    onError: () => {},
    role: "a -c x=1",
  };

  expect(() => createPool(options)).toThrow(/not a plain role name/);
});
