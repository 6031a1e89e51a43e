import { createTestDatabase } from "@aicd/db/testing";
import { expect, test } from "vitest";
import { createQueue } from "./queue.ts";
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

test("a database that cannot be reached is reported at the start", async () => {
  const source = { kind: "postgres", connectionString: "postgresql://nobody@127.0.0.1:1/none" } as const;

  await expect(createQueue({ ...source, onError: () => {} })).rejects.toThrow(/ECONNREFUSED/);
});
