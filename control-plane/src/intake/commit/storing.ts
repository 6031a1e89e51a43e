import type { Logger, Metrics } from "@aicd/ops";
import type { Pool } from "pg";
import { type Batch, insertBatch } from "./store.ts";

/** A line per so long at most: while Postgres is away every batch fails. */
const REPORT_MS = 1_000;

/** Makes batches durable, measured; a failure is reported and thrown. */
export function createStoring(deps: {
  pool: Pool;
  poke: () => void;
  log: Logger;
  metrics: Metrics;
}): (batch: Batch) => Promise<void> {
  const { pool, poke, log, metrics } = deps;
  let failed = 0;
  let reportAt = 0;

  function report(err: unknown, count: number): void {
    failed += count;
    if (performance.now() < reportAt) return;
    log.error({ err, count: failed }, "webhooks could not be stored");
    failed = 0;
    reportAt = performance.now() + REPORT_MS;
  }

  return async function store(batch) {
    const stop = metrics.aicd_webhook_commit_seconds.startTimer();
    const count = batch.deliveries.length;
    try {
      await insertBatch(pool, batch);
    } catch (error) {
      report(error, count);
      throw error;
    }
    stop();
    metrics.aicd_webhook_batch_deliveries.observe(count);
    poke();
  };
}
