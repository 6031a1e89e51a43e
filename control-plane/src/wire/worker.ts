import type { NudgeQueue } from "@aicd/queue";
import type { BillingDeps } from "../billing/billing.ts";
import { refreshEntitlements } from "../billing/reconcile.ts";
import { reportUsage } from "../billing/report-usage.ts";
import { reconcileMarketplace } from "../billing/sync-marketplace.ts";
import type { Deps } from "../deps.ts";
import type { AppCredentials, Env } from "../env.ts";
import { every } from "../every.ts";
import { type FleetDeps, runFleet } from "../fleet/fleet.ts";
import { reapFleet } from "../fleet/reap.ts";
import { tidyIndexes } from "../indexing/tidy.ts";
import { startIndexing } from "../indexing/work.ts";
import { eraseDue } from "../installations/erase.ts";
import { reconcileInstallations } from "../installations/reconcile.ts";
import { createInbox } from "../intake/inbox.ts";
import { redeliverFailed } from "../intake/redeliver.ts";
import { JOBS } from "../jobs/catalog.ts";
import { startWorker } from "../outbox/worker.ts";
import { chainAuditLogs } from "../sweep/chain-audit.ts";
import { forget } from "../sweep/forget.ts";
import { sweep } from "../sweep/sweep.ts";
import { loadApp } from "./app.ts";
import { createDeadHandlers, createHandlers } from "./handlers.ts";
import type { Tools } from "./tools.ts";
import { githubUrls } from "./urls.ts";

/** Handlers mostly wait: for GitHub, and for the pause between two writes. Few slots would make others wait too. */
const HANDLERS = 128;

/** What is done again and again, beside the jobs. `atOnce`: what happened while nobody was there is asked for. */
const ROUNDS: Record<string, { everyMs: number; atOnce?: true; work: (deps: Deps) => Promise<unknown> }> = {
  sweep: { everyMs: 5_000, work: sweep },
  redeliver: { everyMs: 60_000, atOnce: true, work: redeliverFailed },
  forget: { everyMs: 60 * 60_000, work: forget },
  "chain-audit": { everyMs: 10_000, work: chainAuditLogs },
  erase: { everyMs: 5 * 60_000, atOnce: true, work: eraseDue },
  reconcile: { everyMs: 30 * 60_000, atOnce: true, work: reconcileInstallations },
  "tidy-indexes": { everyMs: 60 * 60_000, work: tidyIndexes },
  "report-usage": { everyMs: 60 * 60_000, atOnce: true, work: selling(reportUsage) },
  "reconcile-marketplace": { everyMs: 24 * 60 * 60_000, work: selling(reconcileMarketplace) },
  entitlements: { everyMs: 10 * 60_000, atOnce: true, work: selling(refreshEntitlements) },
  fleet: { everyMs: 3_000, work: withFleet(runFleet) },
  "fleet-reaper": { everyMs: 120_000, atOnce: true, work: withFleet(reapFleet) },
  rewrap: { everyMs: 60_000, atOnce: true, work: (deps) => deps.secrets.rewrapStale() },
};

/** Work that there is only where something is sold. */
function selling(work: (deps: Deps & BillingDeps) => Promise<unknown>) {
  return async ({ billing, ...deps }: Deps) => {
    if (billing !== undefined) await work({ ...deps, billing });
  };
}

/** Nothing to do where there is no cloud. */
function withFleet(work: (deps: FleetDeps) => Promise<void>): (deps: Deps) => Promise<void> {
  return async (deps) => {
    const { fleet } = deps;
    if (fleet !== undefined) await work({ ...deps, fleet });
  };
}

/** The role `worker`: owed jobs, the index, and the rounds. */
export async function startWork(given: {
  env: Env;
  app: AppCredentials;
  tools: Tools;
  deps: Deps;
  queue: NudgeQueue;
}): Promise<void> {
  const { tools, deps } = given;
  const { log, metrics, redactor, shutdown } = tools;
  const indexing = startIndexing({ ...deps, metrics });
  shutdown.add("indexing", () => indexing.close());
  const probot = await loadApp({
    app: given.app,
    baseUrl: githubUrls(given.env).apiUrl,
    log,
    inbox: createInbox(deps),
  });
  const worker = await startWorker({
    pool: deps.pool,
    queue: given.queue,
    catalog: JOBS,
    handlers: createHandlers({ ...deps, probot, indexing }),
    onDead: createDeadHandlers(deps),
    redact: redactor.redact,
    log,
    metrics,
    concurrency: HANDLERS,
  });
  shutdown.add("worker", () => worker.close());
  const rounds = Object.entries(ROUNDS).map(([name, { everyMs, atOnce, work }]) => {
    const round = async () => {
      try {
        await work(deps);
      } catch (error) {
        metrics.aicd_round_failures_total.inc({ round: name });
        throw error;
      }
    };
    if (atOnce) void round().catch((err: unknown) => log.warn({ err, round: name }, "a round failed"));
    return every(everyMs, name, log, round);
  });
  shutdown.add("rounds", async () => void (await Promise.all(rounds.map((round) => round.close()))));
}
