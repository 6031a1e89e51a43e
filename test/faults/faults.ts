import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "@aicd/local-github";
import type { Stand } from "./stand.ts";

/** Something that goes wrong once. Resolves when the part that failed is there again, or will fail no more. */
type Mishap = (stand: Stand) => Promise<void>;

/** How long GitHub may do this before it is itself again, where no call of ours met it. */
const AT_MOST_MS = 6_000;
/** Longer than a job that writes a comment waits. */
const LATE_MS = 61_000;

/** What must not be done twice; the people of the test open issues and label them undisturbed. */
const WRITES = { method: "POST", route: /^(?!.*\/(?:issues|labels)$)/ } as const;

async function github(stand: Stand, fault: Fault): Promise<void> {
  stand.world.github.faults.set(fault);
  await sleep(AT_MOST_MS);
  stand.world.github.faults.clear();
}

/** The first line of its lock file is the number of the server's process. */
async function killPostgres({ world: { database } }: Stand): Promise<void> {
  const { rows } = await database.pool.query<{ pid: string }>(
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid",
  );
  process.kill(Number(rows[0]?.pid), "SIGKILL");
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    await sleep(250);
    const isBack = await database.pool.query("SELECT").then(
      () => true,
      () => false,
    );
    if (isBack) return;
  }
  throw new Error("Postgres did not come back");
}

/** The same on every kind of queue. */
const EVERYWHERE: Record<string, Mishap> = {
  "web killed": ({ web }) => web.kill(),
  "worker killed": ({ worker }) => worker.kill(),
  "runner killed": async ({ runners }) => {
    for (const runner of runners.values()) runner.kill("SIGKILL");
  },
  "Postgres killed": killPostgres,
  "GitHub answers after the deadline": (stand) =>
    github(stand, { ...WRITES, route: /\/issues\/\d+\/comments$/, answerAfterMs: LATE_MS, times: 1 }),
  "GitHub does, then cuts": (stand) => github(stand, { ...WRITES, cut: "after", times: 2 }),
  "GitHub does, then 502": (stand) => github(stand, { ...WRITES, cut: "after", status: 502, times: 2 }),
  "GitHub throttles": (stand) =>
    github(stand, {
      ...WRITES,
      status: 429,
      headers: { "retry-after": "2" },
      answer: { message: "You have exceeded a secondary rate limit." },
      times: 2,
    }),
  "vendor late": async ({ vendor }) => vendor.fail("late"),
  "vendor does, then cuts": async ({ vendor }) => vendor.fail("done, then cut"),
  "vendor throttles": async ({ vendor }) => vendor.fail("throttled"),
  "vendor overloaded": async ({ vendor }) => vendor.fail("overloaded"),
};

const REDIS: Record<string, Mishap> = {
  "Redis killed, empty again": async ({ redis }) => {
    const crashed = await redis?.crash?.();
    await sleep(1_000);
    await crashed?.comeBack();
  },
};

const POSTGRES: Record<string, Mishap> = {
  "queue's schema dropped": async ({ world: { database } }) => {
    await database.pool.query("DROP SCHEMA bullmq CASCADE");
  },
};

/** By name, for a stand with this kind of queue. */
export function faultsOf(queue: "postgres" | "redis"): Record<string, Mishap> {
  return queue === "redis" ? { ...REDIS, ...EVERYWHERE } : { ...POSTGRES, ...EVERYWHERE };
}
