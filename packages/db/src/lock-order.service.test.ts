import { randomBytes } from "node:crypto";
import { createMint } from "@aicd/core";
import { expect, test } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE, type TenantTx } from "./database.ts";
import { endAttempt, markDispatched } from "./stores/attempts.ts";
import { findTask, moveTask } from "./stores/tasks.ts";
import { createTestDatabase } from "./testing/database.ts";
import { plantTenant } from "./testing/plant.ts";

const database = await createTestDatabase();
const db = createDatabase({
  app: database.createPool({ role: APP_ROLE }),
  system: database.createPool({ role: SYSTEM_ROLE }),
});
const mint = createMint({ now: Date.now, random: randomBytes });
const { tenantId, ids } = await plantTenant(db, mint, 1);

/** Somebody waits for a row that another transaction has. */
async function oneWaits(): Promise<void> {
  const waiting =
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  await expect.poll(async () => (await database.pool.query(waiting)).rowCount, { interval: 10 }).toBe(1);
}

test("a runner that goes on and a person who cancels wait for each other in one order", async () => {
  const { taskId, attemptId } = ids;
  const began = Promise.withResolvers<void>();
  let [runs, cancels] = [0, 0];
  const runner = db.withTenant({ tenantId }, async (tx) => {
    runs += 1;
    await markDispatched(tx, { id: attemptId, runId: 1 });
    began.resolve();
    await oneWaits();
    await moveTask(tx, mint, { taskId, trigger: "planning.started" });
  });
  await began.promise;
  const person = db.withTenant({ tenantId }, async (tx) => {
    cancels += 1;
    await moveTask(tx, mint, { taskId, trigger: "task.cancelled" });
    await endAttempt(tx, { id: attemptId, state: "cancelled" });
  });

  await Promise.all([runner, person]);

  const task = await db.withTenant({ tenantId }, (tx) => findTask(tx, taskId));
  expect([task?.state, runs, cancels]).toEqual(["CANCELLED", 1, 1]);
});

test("of two transactions that hold each other up one is done again, and its effects happen once", async () => {
  await database.pool.query(
    "CREATE TABLE pair (id int PRIMARY KEY, value int NOT NULL); INSERT INTO pair VALUES (1, 0), (2, 0)",
  );
  await database.pool.query(`GRANT SELECT, UPDATE ON pair TO ${APP_ROLE}`);
  const both = Promise.withResolvers<void>();
  let [tries, holding, effects] = [0, 0, 0];
  const add = (order: readonly number[]) => async (tx: TenantTx) => {
    tries += 1;
    for (const id of order) {
      await tx.query("UPDATE pair SET value = value + 1 WHERE id = $1", [id]);
      if (++holding === 2) both.resolve();
      await both.promise;
    }
    tx.afterCommit(() => void effects++);
  };

  await Promise.all([db.withTenant({ tenantId }, add([1, 2])), db.withTenant({ tenantId }, add([2, 1]))]);

  const { rows } = await database.pool.query("SELECT value FROM pair ORDER BY id");
  expect([rows, tries, effects]).toEqual([[{ value: 2 }, { value: 2 }], 3, 2]);
});
