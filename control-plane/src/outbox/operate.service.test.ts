import { createTestDatabase } from "@aicd/db/testing";
import { createLogger, createMetrics, createRedactor } from "@aicd/ops";
import { createQueue } from "@aicd/queue";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { defineJobs } from "./catalog.ts";
import { buryJob, findJob, listTroubledJobs, retryJob } from "./operate.ts";
import { startRelay } from "./relay.ts";
import { startWorker } from "./worker.ts";

const { pool, connectionString } = await createTestDatabase();
const JOBS = defineJobs({
  greet: { payload: z.object({}), tries: 3, backoffMs: () => 3_600_000, timeoutMs: 5_000 },
});

beforeEach(() => pool.query("truncate outbox"));

async function owe(columns: string, values: string): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into outbox (job, payload, ${columns}) values ('greet', '{}', ${values}) returning id::text`,
  );
  return rows[0]?.id ?? "";
}

/** A worker at work; tells what ran and what had its last words. */
async function work(name: string): Promise<string[]> {
  const redactor = createRedactor();
  const [log, metrics] = [createLogger({ redactor, level: "silent" }), createMetrics()];
  const queue = await createQueue({ kind: "postgres", connectionString, name, onError() {} });
  const told: string[] = [];
  const worker = await startWorker({
    pool,
    queue,
    catalog: JOBS,
    handlers: { greet: async () => void told.push("ran") },
    onDead: { greet: async (_payload, { error }) => void told.push(`last words: ${error}`) },
    redact: redactor.redact,
    log,
    metrics,
  });
  const relay = startRelay({ pool, queue, log, metrics });
  onTestFinished(async () => {
    await relay.close();
    await worker.close();
    await queue.close();
  });
  return told;
}

it("lists what was given up and what waits for too long, with why, and nothing else", async () => {
  const dead = await owe("dead_at, error", "now(), 'Error: no'");
  const late = await owe("due_at", "now() - interval '6 minutes'");
  await owe("due_at", "now() + interval '1 hour'");

  const rows = await listTroubledJobs(pool);

  expect(rows).toMatchObject([
    { id: dead, job: "greet", state: "dead", error: "Error: no" },
    { id: late, state: "owed" },
  ]);
  expect(await findJob(pool, late)).toEqual(rows[1]);
  expect(await findJob(pool, "0")).toBeUndefined();
});

it("a dead job that is retried runs", async () => {
  const id = await owe("dead_at, tries, deaths", "now(), 3, 3");

  expect(await retryJob(pool, id)).toBe(true);

  const told = await work("retried");
  await expect.poll(() => told).toEqual(["ran"]);
  expect(await retryJob(pool, id)).toBe(false);
});

it("a job that somebody runs is not given to a second one", async () => {
  const id = await owe("claimed_until", "now() + interval '1 minute'");

  expect(await retryJob(pool, id)).toBe(false);
});

it("a buried job has its last words and does not run", async () => {
  const id = await owe("due_at", "now() + interval '1 hour'");

  expect(await buryJob(pool, id, { tries: JOBS.greet.tries, why: "Given up by the operator." })).toBe(true);

  const told = await work("buried");
  await expect.poll(() => told).toEqual(["last words: Given up by the operator."]);
  await expect.poll(async () => (await findJob(pool, id))?.state).toBe("dead");
  expect(await buryJob(pool, id, { tries: 3, why: "" })).toBe(false);
});
