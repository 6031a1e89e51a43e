import { type Database, measure } from "@aicd/db";
import type { Logger, Metrics } from "@aicd/ops";
import type { Pool } from "pg";

/** However many ask, the database is asked once in this time. */
const FRESH_MS = 10_000;

/** What `measure` counts, with the labels its rows bring. */
const MEASURED = {
  aicd_tasks: ["state"],
  aicd_task_oldest_seconds: ["state"],
  aicd_attempts: ["state"],
  aicd_leases_overdue: [],
  aicd_attempts_ended: ["state", "reason"],
  aicd_jobs_owed: ["job"],
  aicd_jobs_oldest_seconds: ["job"],
  aicd_jobs_dead: ["job"],
  aicd_webhooks_waiting: [],
  aicd_indexes: ["state"],
  aicd_index_oldest_seconds: [],
  aicd_money_held_micro_usd: [],
  aicd_calls_held: [],
  aicd_paused: [],
  aicd_installations: ["state"],
  aicd_database_bytes: [],
  aicd_database_connections: ["state"],
} as const;

/**
 * Brings the gauges up to date that are read and not counted; called before each scrape. While the database is away
 * they keep their values: that it is away is the probe's to say.
 */
export function createGauges(given: {
  db: Database;
  pools: Readonly<Record<string, Pool>>;
  metrics: Metrics;
  log: Logger;
}): () => Promise<void> {
  const { db, pools, metrics, log } = given;
  let asked = Number.NEGATIVE_INFINITY;

  function lookAtPools(): void {
    for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(pools)) {
      metrics.aicd_pool.set({ pool, state: "all" }, totalCount);
      metrics.aicd_pool.set({ pool, state: "idle" }, idleCount);
      metrics.aicd_pool.set({ pool, state: "waited_for" }, waitingCount);
    }
  }

  return async function refresh(): Promise<void> {
    if (performance.now() - asked < FRESH_MS) return lookAtPools();
    asked = performance.now();
    try {
      const measured = await db.withSystem(measure);
      for (const name of Object.keys(MEASURED) as (keyof typeof MEASURED)[]) {
        const gauge = metrics[name];
        // What is no longer there is 0, not what it was.
        gauge.reset();
        for (const { label, value } of measured.filter(({ metric }) => metric === name)) {
          gauge.set(labelsOf(MEASURED[name], label), value);
        }
      }
    } catch (err) {
      log.warn({ err }, "the database could not be measured");
    }
    lookAtPools();
  };
}

function labelsOf(names: readonly string[], label: string): Record<string, string> {
  const values = label.split("\t");
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}
