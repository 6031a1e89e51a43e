import { setTimeout as sleep } from "node:timers/promises";
import { AicdError, LIMITS } from "@aicd/core";
import {
  claimIndex,
  dropIndex,
  failIndex,
  findRepository,
  finishIndex,
  forgetIndex,
  type IndexClaim,
  isIndexed,
  type Repository,
  renewIndex,
} from "@aicd/db";
import type { Metrics } from "@aicd/ops";
import type { Deps } from "../deps.ts";

const RETRY_MS = 30_000;
const MOST_TRIES = 6;
/** A nudge may be lost, and another worker's retry falls due without one. */
const LOOK_MS = 15_000;

type IndexerDeps = Deps & { metrics: Pick<Metrics, "aicd_index_seconds"> };
export type Indexing = { poke(): void; close(): Promise<void> };

/**
 * Works through the indexes that are due, one at a time: Postgres says which, a nudge only says when to
 * look. Any number of workers may do this; each piece of work is held under a lease.
 */
export function startIndexing(deps: IndexerDeps): Indexing {
  const end = new AbortController();
  let nudge = () => {};
  let nudged = false;

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      const claim = await claimIndex(deps.db.system).catch((err: unknown) => {
        deps.log.warn({ err }, "no index could be claimed");
        return undefined;
      });
      if (claim !== undefined) {
        await handle(deps, claim, end.signal);
        continue;
      }
      const look = new AbortController();
      nudge = () => look.abort();
      if (!nudged && !end.signal.aborted) {
        await sleep(LOOK_MS, undefined, { signal: look.signal, ref: false }).catch(() => undefined);
      }
      nudged = false;
    }
  }

  const running = run();
  return {
    poke() {
      nudged = true;
      nudge();
    },
    async close() {
      end.abort(new AicdError("unavailable", "The worker stops."));
      nudge();
      await running;
    },
  };
}

/** One claim to its end; never throws, whatever the repository holds. */
async function handle(deps: IndexerDeps, claim: IndexClaim, stop: AbortSignal): Promise<void> {
  const { tenantId, repositoryId } = claim;
  const log = deps.log.child({ tenantId, repositoryId });
  const held = hold(deps, claim, stop);
  const done = deps.metrics.aicd_index_seconds.startTimer();
  try {
    if (claim.drop) return await drop(deps, claim);
    const outcome = await index(deps, claim, held.signal);
    done({ outcome });
    log.info({ epoch: claim.epoch, outcome }, "repository handled by the indexer");
  } catch (err) {
    done({ outcome: "failed" });
    if (!stop.aborted) log.warn({ err, tries: claim.tries }, "repository not indexed");
    const end = stop.aborted ? { failure: null, retryMs: 0 } : afterFailure(err, claim);
    await deps.db
      .withTenant({ tenantId }, (tx) => failIndex(tx, claim, end))
      .catch((error: unknown) => log.warn({ err: error }, "the end of an index was not written"));
  } finally {
    held.release();
  }
}

async function index(deps: Deps, claim: IndexClaim, signal: AbortSignal): Promise<"indexed" | "left"> {
  const { tenantId, repositoryId } = claim;
  const scope = { tenantId, repositoryId };
  const started = deps.now();
  const repository = await deps.db.withTenant({ tenantId }, async (tx) => {
    const found = await findRepository(tx, repositoryId);
    if (found !== undefined && mayRead(found)) return found;
    // It left since; what is left of it goes with the next look.
    await dropIndex(tx, repositoryId);
    return undefined;
  });
  if (repository === undefined) return "left";
  const { installationGithubId, githubId, owner, name } = repository;
  const url = `${deps.serverUrl}/${owner}/${name}.git`;
  const access = await deps.github.readToken(installationGithubId, githubId);
  const mirror = await deps.codeIndex.mirrors
    .fetch(scope, { url, token: access.token, signal })
    .finally(() => access.revoke().catch((err: unknown) => deps.log.warn({ err }, "token not revoked")));
  const report = await deps.codeIndex.writer.update(scope, mirror, { signal });
  const tookMs = Math.round(deps.now() - started);
  const kept = await deps.db.withTenant({ tenantId }, (tx) => finishIndex(tx, claim, { ...report, tookMs }));
  // Uninstalled while we read: nothing may stay behind.
  if (!kept && !(await isIndexed(deps.db.system, scope))) await remove(deps, claim);
  return "indexed";
}

async function drop(deps: Deps, claim: IndexClaim): Promise<void> {
  await remove(deps, claim);
  await forgetIndex(deps.db.system, claim);
}

async function remove(deps: Deps, { tenantId, repositoryId }: IndexClaim): Promise<void> {
  await deps.codeIndex.writer.dropRepository({ tenantId, repositoryId });
  await deps.codeIndex.mirrors.drop({ tenantId, repositoryId });
}

function mayRead({ active, enabled, installationState }: Repository): boolean {
  return active && enabled && installationState === "active";
}

/** Beats for the lease until released; the signal says that the work is no longer ours, or takes too long. */
function hold(deps: Deps, claim: IndexClaim, stop: AbortSignal): { signal: AbortSignal; release(): void } {
  const lost = new AbortController();
  const timer = setInterval(async () => {
    const mine = await deps.db
      .withTenant({ tenantId: claim.tenantId }, (tx) => renewIndex(tx, claim))
      // The database is away for a moment; the lease outlasts a few beats.
      .catch(() => true);
    if (!mine) lost.abort(new AicdError("conflict", "Another worker has it, or it is to go."));
  }, LIMITS.heartbeatMs);
  const late = AbortSignal.timeout(LIMITS.indexMs);
  return { signal: AbortSignal.any([stop, lost.signal, late]), release: () => clearInterval(timer) };
}

/** What a person reads about it, and when it is tried again. git's own words are for the log. */
function afterFailure(error: unknown, claim: IndexClaim): { failure: string; retryMs: number | null } {
  if (error instanceof AicdError && (error.kind === "missing" || error.kind === "too_large")) {
    return { failure: error.message, retryMs: null };
  }
  const failure =
    "The repository could not be read from GitHub, or not be indexed. The operator's log says why.";
  return { failure, retryMs: claim.tries < MOST_TRIES ? RETRY_MS * 2 ** (claim.tries - 1) : null };
}
