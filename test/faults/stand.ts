import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, startEmbeddedPostgres } from "@aicd/db";
import type { TestDatabase } from "@aicd/db/testing";
import type { LedgerEntry } from "@aicd/local-github";
import { startTestRedis, type TestRedis } from "../../packages/queue/src/testing/redis.ts";
import { freePort } from "../world/port.ts";
import { startRunner } from "../world/runner.ts";
import { createWorld, install, REPO, type World } from "../world/world.ts";
import { type Supervised, supervise } from "./process.ts";
import { startVendor, type Vendor } from "./vendor.ts";

/** Everything that may be killed: each part is a process of its own, or the fake of somebody else's. */
export type Stand = {
  world: World;
  vendor: Vendor;
  /** Undefined where the queue is Postgres. */
  redis: TestRedis | undefined;
  web: Supervised;
  worker: Supervised;
  /** Runners at work, by the attempt they hold. */
  runners: Map<string, ChildProcess>;
  stop(): Promise<void>;
};

const FILES = {
  "README.md": "# Widget\n".repeat(20),
  "src/widget.js": "export const widget = 1;\n".repeat(10),
  "src/gear.js": "export const gear = 1;\n".repeat(10),
  "src/axle.js": "export const axle = 1;\n".repeat(10),
};

/**
 * A web process and a worker with supervisors, on a Postgres that keeps what it has committed, beside a local
 * GitHub whose dispatches get real runners.
 */
export async function openStand(queue: "postgres" | "redis"): Promise<Stand> {
  const closers: (() => Promise<void>)[] = [];
  const after = (work: () => Promise<void>) => void closers.push(work);
  const directory = await mkdtemp(join(tmpdir(), "aicd-faults-"));
  after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const vendor = await startVendor();
  after(vendor.stop);
  const redis = queue === "redis" ? await startTestRedis() : undefined;
  if (queue === "redis" && redis === undefined) throw new Error("there is no redis-server on this machine");
  after(async () => redis?.stop());
  const world = await createWorld({
    start: false,
    after,
    database: await openDatabase(join(directory, "postgres")),
    files: FILES,
    env: {
      ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      ANTHROPIC_API_KEY: "key",
      ANTHROPIC_BASE_URL: vendor.url,
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    },
  });
  world.github.rates.setLimits({ contentPerMinute: 10_000, contentPerHour: 100_000 });
  const web = supervise({ ...world.env, AICD_ROLE: "web" });
  after(web.stop);
  await web.ready;
  const probePort = String(await freePort());
  const worker = supervise({ ...world.env, AICD_ROLE: "worker", PROBE_PORT: probePort });
  after(worker.stop);
  await worker.ready;
  const runners = new Map<string, ChildProcess>();
  after(async () => {
    for (const runner of runners.values()) runner.kill("SIGKILL");
  });
  world.github.on("write", (entry) => {
    if (isDispatch(entry)) void employ(world, runners, entry);
  });
  await install(world);
  return {
    world,
    vendor,
    redis,
    web,
    worker,
    runners,
    async stop() {
      for (const close of closers.reverse()) await close();
    },
  };
}

async function openDatabase(directory: string): Promise<TestDatabase> {
  const postgres = await startEmbeddedPostgres({ directory });
  const { connectionString } = postgres;
  const open = () => createPool({ connectionString, applicationName: "faults", max: 4, onError: () => {} });
  const pool = open();
  return {
    connectionString,
    pool,
    createPool: open,
    async drop() {
      await pool.end();
      await postgres.stop();
    },
  };
}

function isDispatch(entry: LedgerEntry): boolean {
  return entry.route.endsWith("/dispatches") && entry.method === "POST";
}

/** GitHub gives the run a machine, and notices when that machine is gone. */
async function employ(world: World, runners: Map<string, ChildProcess>, entry: LedgerEntry): Promise<void> {
  const { inputs } = entry.body as { inputs: Record<string, string> };
  const { "attempt-id": attemptId = "", "run-key": runKey = "" } = inputs;
  const run = world.github.runs(REPO).find(({ displayTitle }) => displayTitle.includes(runKey));
  if (run === undefined) throw new Error(`a dispatch made no run: ${runKey}`);
  const runner = await startRunner(world, { attemptId, runKey, runId: run.id });
  runners.set(attemptId, runner);
  await once(runner, "exit");
  runners.delete(attemptId);
  world.github.releaseRun(run.id);
}
