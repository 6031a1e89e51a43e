import { createTestDatabase } from "@aicd/db/testing";
import { expect, test } from "vitest";
import { createQueue } from "./queue.ts";
import { makeQueueSchema } from "./schema.ts";
import { describeQueueContract } from "./testing/contract.ts";

const database = await createTestDatabase();

describeQueueContract(() => ({ kind: "postgres", connectionString: database.connectionString }));

test("cut connections are replaced, and nudges arrive as before", async () => {
  const errors: Error[] = [];
  const source = { kind: "postgres", connectionString: database.connectionString } as const;
  const queue = await createQueue({ ...source, name: "cut", onError: (error) => errors.push(error) });
  const seen: string[] = [];
  const working = await queue.work(async (ids) => void seen.push(...ids), { concurrency: 1 });
  await queue.nudge(["before"]);
  await expect.poll(() => seen).toEqual(["before"]);

  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );

  await expect
    .poll(() =>
      queue.nudge(["after"]).then(
        () => "sent",
        () => "away",
      ),
    )
    .toBe("sent");
  await expect.poll(() => seen).toContain("after");
  await working.close();
  await queue.close();
});

const TABLES = `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'bullmq' LOOP
    EXECUTE format('VERB bullmq.%I CASCADE', name);
  END LOOP; END $$`;

test.each([
  ["dropped", "DROP SCHEMA bullmq CASCADE"],
  ["without its tables", TABLES.replace("VERB", "DROP TABLE IF EXISTS")],
])("a schema that is %s at work is made anew, and nudges arrive as before", async (_how, ruin) => {
  const { connectionString } = database;
  const remake = () => makeQueueSchema(connectionString);
  const queue = await createQueue({
    kind: "postgres",
    connectionString,
    name: "ruined",
    remake,
    onError() {},
  });
  const seen: string[] = [];
  const working = await queue.work(async (ids) => void seen.push(...ids), { concurrency: 1 });
  await queue.nudge(["before"]);
  await expect.poll(() => seen).toEqual(["before"]);

  await database.pool.query(ruin);

  await expect
    .poll(() =>
      queue.nudge(["after"]).then(
        () => "sent",
        () => "away",
      ),
    )
    .toBe("sent");
  await expect.poll(() => seen).toContain("after");
  await working.close();
  await queue.close();
});

test("a queue starts on a schema that was emptied to its last row", async () => {
  const { connectionString } = database;
  await makeQueueSchema(connectionString);
  await database.pool.query(TABLES.replace("VERB", "TRUNCATE"));

  await makeQueueSchema(connectionString);

  const queue = await createQueue({ kind: "postgres", connectionString, onError() {} });
  expect(await queue.health()).toEqual({ kind: "well", waiting: 0 });
  await queue.close();
});

test("a database that cannot be reached is reported at the start", async () => {
  const source = { kind: "postgres", connectionString: "postgresql://nobody@127.0.0.1:1/none" } as const;

  await expect(createQueue({ ...source, onError: () => {} })).rejects.toThrow(/ECONNREFUSED/);
});
