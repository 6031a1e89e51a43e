import { randomBytes } from "node:crypto";
import { createMint, type TaskState } from "@aicd/core";
import { expect, it } from "vitest";
import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "../database.ts";
import { createTestDatabase } from "../testing/database.ts";
import { plantTenant } from "../testing/plant.ts";
import { sumOutcomes } from "./outcomes.ts";

const database = await createTestDatabase();
const mint = createMint({ now: Date.now, random: randomBytes });
const db = createDatabase({
  app: database.createPool({ role: APP_ROLE }),
  system: database.createPool({ role: SYSTEM_ROLE }),
});
const ours = await plantTenant(db, mint, 1);
const theirs = await plantTenant(db, mint, 2);
await database.pool.query("UPDATE tasks SET created_at = '2020-01-01'");

const FROM = new Date("2026-01-01T00:00:00Z");
const TO = new Date("2026-01-31T00:00:00Z");
let number = 100;

/** A task of the first tenant; `openedS` are the seconds after which it got its pull requests. */
async function task(
  state: TaskState,
  { openedS = [], at = FROM, of = ours }: { openedS?: number[]; at?: Date; of?: typeof ours } = {},
) {
  const id = mint("task");
  number += 1;
  await database.pool.query(
    `INSERT INTO tasks (tenant_id, id, repository_id, issue_number, issue_title, state, phase, mode, requested_by, source,
       flags, budget_micro_usd, created_at, pull_request_number)
     VALUES ($1, $2, $3, $4, 'x', $5, 'code', 'auto', '{}', '{}', '{}', 1, $6, $7)`,
    [of.tenantId, id, of.repositoryId, number, state, at, openedS.length > 0 ? number : null],
  );
  for (const seconds of openedS) {
    await database.pool.query(
      "INSERT INTO events (tenant_id, id, task_id, type, body, at) VALUES ($1, $2, $3, 'pull_request.opened', '{}', $4)",
      [of.tenantId, mint("event"), id, new Date(at.getTime() + seconds * 1_000)],
    );
  }
}

const sums = () =>
  db.withTenant({ tenantId: ours.tenantId }, (tx) => sumOutcomes(tx, { from: FROM, to: TO }));

it("counts a tenant's tasks of a span by what became of them, and times the first pull request", async () => {
  expect(await sums()).toEqual({
    ...{ tasks: 0, pullRequests: 0, merged: 0, closed: 0, failed: 0, cancelled: 0 },
    toPullRequestS: null,
  });

  // A second one of the same task, after a review, is not its first.
  await task("MERGED", { openedS: [60, 90_000] });
  await task("MERGED", { openedS: [120] });
  await task("CLOSED", { openedS: [180] });
  // It had its pull request; what failed is a round after a review.
  await task("FAILED", { openedS: [240] });
  await task("FAILED");
  await task("CANCELLED");
  await task("CODING");
  await task("MERGED", { openedS: [9_000], at: TO });
  await task("MERGED", { openedS: [9_000], at: new Date(FROM.getTime() - 1) });
  await task("MERGED", { openedS: [9_000], of: theirs });

  expect(await sums()).toEqual({
    ...{ tasks: 7, pullRequests: 4, merged: 2, closed: 1, failed: 1, cancelled: 1 },
    toPullRequestS: { median: 150, p90: 222 },
  });
});
