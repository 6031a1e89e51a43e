import { randomBytes } from "node:crypto";
import { createMint } from "@aicd/core";
import { expect, it } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "../database.ts";
import { createTestDatabase } from "../testing/database.ts";
import { plantTenant } from "../testing/plant.ts";
import { listStuckTasks } from "./stuck-tasks.ts";

const database = await createTestDatabase();
const system = database.createPool({ role: SYSTEM_ROLE });
const db = createDatabase({ app: database.createPool({ role: APP_ROLE }), system });
const { tenantId, ids } = await plantTenant(db, createMint({ now: Date.now, random: randomBytes }), 1);

it("names a task at work that does not move, its attempt and what is owed for it", async () => {
  expect(await listStuckTasks(system, 10)).toEqual([]);

  await database.pool.query("UPDATE tasks SET state_at = now() - interval '11 minutes'");
  await database.pool.query(
    "INSERT INTO outbox (tenant_id, job, payload, error) VALUES ($1, 'start-attempt', $2, 'Error: away')",
    [tenantId, JSON.stringify({ taskId: ids.taskId })],
  );

  expect(await listStuckTasks(system, 10)).toMatchObject([
    {
      id: ids.taskId,
      repository: "org-1/widget",
      issueNumber: 1,
      state: "QUEUED",
      attempt: "pending",
      jobs: ["start-attempt: Error: away"],
    },
  ]);
});
