import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createMetrics, createRedactor } from "@aicd/ops";
import { afterAll, expect, it } from "vitest";
import { createGauges } from "./gauges.ts";

const database = await createTestDatabase();
afterAll(() => database.drop());
const pools = {
  app: database.createPool({ role: APP_ROLE }),
  system: database.createPool({ role: SYSTEM_ROLE }),
};
const log = createLogger({ level: "silent", redactor: createRedactor() });

const gaugesOf = () => {
  const metrics = createMetrics();
  return { metrics, refresh: createGauges({ db: createDatabase(pools), pools, metrics, log }) };
};

it("what is open is counted by the database, and what is over is not", async () => {
  await database.pool.query(
    `INSERT INTO outbox (job, payload, due_at, dead_at) VALUES
       ('sweep', '{}', now() - interval '1 minute', NULL), ('sweep', '{}', now() + interval '1 hour', NULL),
       ('publish-changes', '{}', now(), now())`,
  );
  const { metrics, refresh } = gaugesOf();
  await refresh();
  const text = await metrics.registry.metrics();

  expect(text).toContain('aicd_jobs_owed{job="sweep"} 1');
  expect(text).toMatch(/aicd_jobs_oldest_seconds\{job="sweep"\} 6\d/);
  expect(text).toContain('aicd_jobs_dead{job="publish-changes"} 1');
  expect(text).toContain("aicd_leases_overdue 0");
  expect(text).toMatch(/aicd_database_bytes \d{6,}/);
  expect(text).toMatch(/aicd_pool\{pool="system",state="all"\} [1-9]/);
});

it("a database that is away leaves them as they were, and the scrape goes on", async () => {
  const { metrics, refresh } = gaugesOf();
  await database.pool.query("ALTER TABLE outbox RENAME TO elsewhere");
  try {
    await expect(refresh()).resolves.toBeUndefined();
    expect(await metrics.registry.metrics()).toContain("aicd_jobs_owed");
  } finally {
    await database.pool.query("ALTER TABLE elsewhere RENAME TO outbox");
  }
});
