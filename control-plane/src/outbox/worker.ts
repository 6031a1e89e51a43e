import type { Logger, Metrics } from "@aicd/ops";
import type { NudgeQueue } from "@aicd/queue";
import type { Pool } from "pg";
import { createKeyedLimit } from "../keyed-limit.ts";
import { createBatch } from "./batch.ts";
import type { Catalog, DeadHandlers, Handlers } from "./catalog.ts";
import { type Claim, type ClaimedJob, type Claims, createClaims } from "./claims.ts";
import { createHeld } from "./held.ts";
import { type Outcome, runJob } from "./run.ts";

const CONCURRENCY = 16;
/** Leaves a release the rest of the 25 s a shutdown has. */
const DRAIN_MS = 20_000;
const UNKNOWN_JOB_MS = 5_000;

export interface WorkerDeps<C extends Catalog> {
  readonly pool: Pool;
  readonly queue: NudgeQueue;
  readonly catalog: C;
  readonly handlers: Handlers<C>;
  readonly onDead?: DeadHandlers<C>;
  readonly redact: (text: string) => string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called when a row is owed again, usually `relay.poke`. */
  readonly wake?: () => void;
  /** Handlers running at the same time in this process, default 16. */
  readonly concurrency?: number;
  /** On close, running handlers get this long before their signal aborts, default 20 s. */
  readonly drainMs?: number;
}

/** The slots are one process', whoever a job is for. */
const EVERYBODY = "";

/**
 * Runs owed jobs. A row is claimed by one worker at a time, deleted when its handler resolves, owed again
 * when it throws, and given up after its tries. Any number of workers may run.
 */
export async function startWorker<C extends Catalog>(
  deps: WorkerDeps<C>,
): Promise<{ close(): Promise<void> }> {
  const { queue, log } = deps;
  const concurrency = deps.concurrency ?? CONCURRENCY;
  const claims = createClaims(deps.pool);
  const held = createHeld(claims, log);
  const slots = createKeyedLimit(concurrency);
  const finish = createBatch<Claim>((done) => claims.finish(done));
  let closing = false;

  async function accept(ids: string[]): Promise<void> {
    if (closing) return; // the rows stay owed and are sent again
    let jobs: ClaimedJob[];
    try {
      jobs = await claims.take(ids);
    } catch (error) {
      log.warn({ err: error, count: ids.length }, "claiming jobs failed");
      return;
    }
    held.add(jobs);
    await Promise.all(jobs.map(runInSlot));
  }

  async function runInSlot(job: ClaimedJob): Promise<void> {
    const leave = await slots.enter(EVERYBODY);
    try {
      // What still waited for a slot when we began to close is left to others.
      const signal = closing ? undefined : held.signalOf(job);
      await work({ ...deps, claims, finish }, job, signal);
    } finally {
      held.drop(job);
      leave();
    }
  }

  const working = await queue.work(accept, { concurrency });
  return {
    async close() {
      closing = true;
      const interrupt = setTimeout(() => held.interrupt(), deps.drainMs ?? DRAIN_MS);
      await working.close();
      clearTimeout(interrupt);
      held.close();
    },
  };
}

type Work<C extends Catalog> = WorkerDeps<C> & {
  claims: Claims;
  finish: (done: Claim) => Promise<void>;
};

/** Runs one claimed job and writes down what became of it. `signal` undefined: it is not begun any more. */
async function work<C extends Catalog>(
  deps: Work<C>,
  job: ClaimedJob,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { catalog, handlers, onDead = {}, redact, log, metrics } = deps;
  metrics.aicd_outbox_running.inc();
  metrics.aicd_outbox_wait_seconds.observe({ job: job.job }, Math.max(0, job.waitedSeconds));
  const stop = metrics.aicd_outbox_job_seconds.startTimer({ job: job.job });
  try {
    const outcome: Outcome =
      signal === undefined
        ? { kind: "interrupted" }
        : await runJob({ catalog, handlers, onDead, redact }, job, signal);
    stop();
    await settle(deps, job, outcome);
    metrics.aicd_outbox_jobs_total.inc({ job: job.job, outcome: outcome.kind });
  } catch (error) {
    // Postgres is away: the claim runs out and the job runs again, which handlers are made for.
    log.error({ err: error, job: job.job, outboxId: job.id }, "outcome of a job could not be stored");
  } finally {
    metrics.aicd_outbox_running.dec();
  }
}

/** Writes down what became of a job: forgotten, owed again, or given up. */
async function settle<C extends Catalog>(
  { claims, finish, log, wake }: Work<C>,
  job: ClaimedJob,
  outcome: Outcome,
): Promise<void> {
  const fields = { job: job.job, outboxId: job.id, tries: job.tries, tenantId: job.tenantId || undefined };
  switch (outcome.kind) {
    case "done":
      return finish(job);
    case "failed":
      await claims.fail(job, outcome);
      wake?.();
      return log.warn(
        { ...fields, err: outcome.cause, delayMs: outcome.delayMs },
        "job failed and is tried again",
      );
    case "dead":
      await claims.bury(job, outcome.error);
      return log.error({ ...fields, err: outcome.cause, error: outcome.error }, "job is given up");
    case "postponed":
      await claims.release([job], outcome.delayMs, outcome.hasTurn);
      return wake?.();
    case "interrupted":
      return claims.release([job], 0);
    case "unknown":
      await claims.release([job], UNKNOWN_JOB_MS);
      return log.warn(fields, "job is unknown to this release");
  }
}
