import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createApp } from "@aicd/app";
import { createMint } from "@aicd/core";
import {
  APP_ROLE,
  createDatabase,
  createPool,
  createSystemAudit,
  migrateDatabase,
  type PoolOptions,
  SYSTEM_ROLE,
  startEmbeddedPostgres,
} from "@aicd/db";
import { createGitHubClients, createOidcVerifier, createSignInClient } from "@aicd/github";
import type { Logger, Metrics, Redactor, Shutdown } from "@aicd/ops";
import { type CounterRedis, createQueue, openCounters } from "@aicd/queue";
import { Probot } from "probot";
import { createTaskFeed } from "./api/events/feed.ts";
import { createEventHub } from "./api/events/hub.ts";
import type { Deps } from "./deps.ts";
import type { AppCredentials, Env } from "./env.ts";
import { createDeadHandlers, createHandlers } from "./handlers.ts";
import { createRateLimiter } from "./http/limits/rate-limiter.ts";
import { ratesOf } from "./http/limits/rates.ts";
import { createPeppers } from "./identity/tokens.ts";
import { createIndexProcess } from "./indexing/index-process.ts";
import { createMirrors } from "./indexing/mirrors.ts";
import { tidyIndexes } from "./indexing/tidy.ts";
import { startIndexing } from "./indexing/work.ts";
import { eraseDue } from "./installations/erase.ts";
import { reconcileInstallations } from "./installations/reconcile.ts";
import { createInbox } from "./intake/inbox.ts";
import { createIntake } from "./intake/index.ts";
import { redeliverFailed } from "./intake/redeliver.ts";
import { JOBS } from "./jobs/catalog.ts";
import { createEnqueue } from "./outbox/enqueue.ts";
import { startRelay } from "./outbox/relay.ts";
import { startWorker } from "./outbox/worker.ts";
import { insistOnKeys, loadMasterKeys } from "./secrets/master-keys.ts";
import { createSecrets } from "./secrets/secrets.ts";
import { createVault } from "./secrets/vault.ts";
import { createHttpServer } from "./server.ts";
import { chainAuditLogs } from "./sweep/chain-audit.ts";
import { forget } from "./sweep/forget.ts";
import { sweep } from "./sweep/sweep.ts";
import { every } from "./sweep/timers.ts";
import { githubUrls } from "./urls.ts";

const SWEEP_MS = 5_000;
/** Handlers mostly wait: for GitHub, and for the pause between two writes. Few slots would make others wait too. */
const HANDLERS = 128;
const REDELIVER_MS = 5 * 60_000;
const FORGET_MS = 60 * 60_000;
const CHAIN_MS = 10_000;
const ACCOUNT_MS = 60_000;
const ERASE_MS = 5 * 60_000;
const RECONCILE_MS = 30 * 60_000;
const TIDY_MS = 60 * 60_000;
const REWRAP_MS = 60_000;
const CLOSE_MS = 5_000;

/** Ways to the outside that a benchmark may replace; production has none. */
export type Edges = { githubFetch?: typeof fetch };
export type Tools = { log: Logger; metrics: Metrics; redactor: Redactor; shutdown: Shutdown };

/** Builds every client, starts the roles this process has, and registers how to stop them. */
export async function start(
  env: Env,
  app: AppCredentials,
  tools: Tools,
  edges: Edges = {},
): Promise<{ address: string | undefined }> {
  const { log, metrics, redactor, shutdown } = tools;
  const connectionString = await openDatabase(env, shutdown);
  redactor.register(connectionString);
  await migrateDatabase(connectionString);
  const open = (name: string, role: string, more: Pick<PoolOptions, "onStatement"> = {}) => {
    const opened = createPool({
      ...more,
      connectionString,
      applicationName: `aicd-${env.AICD_ROLE}-${name}`,
      max: 20,
      role,
      onError: (err) => log.warn({ err }, "idle database connection failed"),
    });
    shutdown.add(`${name} pool`, () => opened.end());
    return opened;
  };
  const systemAudit = createSystemAudit(`aicd-${env.AICD_ROLE}`);
  const pool = open("system", SYSTEM_ROLE, { onStatement: systemAudit.note });
  const account = every(ACCOUNT_MS, "system-audit", log, () => systemAudit.write(pool));
  shutdown.add("system audit", async () => {
    await account.close();
    await systemAudit.write(pool);
  });
  const db = createDatabase({ app: open("app", APP_ROLE), system: pool });

  const queue = await createQueue({
    ...(env.REDIS_URL === undefined
      ? { kind: "postgres" as const, connectionString }
      : { kind: "redis" as const, url: env.REDIS_URL.reveal() }),
    onError: (err) => {
      metrics.aicd_queue_errors_total.inc();
      log.warn({ err }, "queue connection failed");
    },
  });
  shutdown.add("queue", () => queue.close());
  const relay = startRelay({ pool, queue, log, metrics });
  shutdown.add("relay", () => relay.close());
  const outbox = createEnqueue(JOBS, relay.poke);

  const { apiUrl, serverUrl, oidc } = githubUrls(env);
  const warn = (fields: Record<string, unknown>, message: string) => log.warn(fields, message);
  const github = createGitHubClients({
    appId: app.appId,
    privateKey: app.privateKey.reveal(),
    baseUrl: apiUrl,
    writeIntervalMs: env.GITHUB_WRITE_INTERVAL_MS,
    warn,
    ...(edges.githubFetch === undefined ? {} : { fetch: edges.githubFetch }),
  });
  const { data: self } = await github.app.rest.apps.getAuthenticated();
  if (self === null) throw new Error("GitHub does not know the App");
  const publicUrl = env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`;
  const keys = await loadMasterKeys(env.AICD_DIRECTORY, env.ENCRYPTION_KEY);
  await insistOnKeys(db, keys);
  const deps: Deps = {
    pool,
    db,
    secrets: createSecrets({ db, vault: createVault(keys), redactor }),
    peppers: createPeppers(keys),
    limiter: createRateLimiter({ redis: countersOf(env, tools) }),
    signIn: signInClient(app, { apiUrl, serverUrl }),
    frontendOrigin: env.FRONTEND_ORIGIN,
    mint: createMint({ now: Date.now, random: randomBytes }),
    enqueue: (tx, job, payload, options) =>
      outbox.one(tx, job, payload, {
        ...options,
        ...("tenantId" in payload ? { tenantId: payload.tenantId } : {}),
      }),
    log,
    github,
    appLogin: `${self.slug ?? ""}[bot]`,
    verifyOidc: createOidcVerifier({ ...oidc, audience: publicUrl }),
    publicUrl,
    serverUrl,
    vendorUrls: { anthropic: env.ANTHROPIC_BASE_URL, openai: env.OPENAI_BASE_URL },
    vendors: {
      anthropic: vendor(env.ANTHROPIC_BASE_URL, env.ANTHROPIC_API_KEY),
      openai: vendor(env.OPENAI_BASE_URL, env.OPENAI_API_KEY),
    },
    codeIndex: codeIndexOf(env, log),
    exportDirectory: join(env.AICD_DIRECTORY, "exports"),
    now: Date.now,
    hub: createEventHub({ db, log, now: Date.now }),
    feed: createTaskFeed({ db, log }),
  };

  shutdown.add("code index", async () => {
    await Promise.all([deps.codeIndex.reader.close(), deps.codeIndex.writer.close()]);
  });
  if (env.AICD_ROLE !== "web") {
    const indexing = startIndexing({ ...deps, metrics });
    shutdown.add("indexing", () => indexing.close());
    const probot = new Probot({
      appId: app.appId,
      privateKey: app.privateKey.reveal(),
      secret: app.webhookSecret.reveal(),
      baseUrl: apiUrl,
      logLevel: "warn",
      logFormat: "json",
    });
    await probot.load(createApp(createInbox(deps)));
    const handlers = createHandlers({ ...deps, probot, indexing });
    const onDead = createDeadHandlers(deps);
    const worker = await startWorker({
      pool,
      queue,
      catalog: JOBS,
      handlers,
      onDead,
      redact: redactor.redact,
      log,
      metrics,
      concurrency: HANDLERS,
    });
    shutdown.add("worker", () => worker.close());
    const timers = [
      every(SWEEP_MS, "sweep", log, () => sweep(deps)),
      every(REDELIVER_MS, "redeliver", log, () => redeliverFailed(deps)),
      every(FORGET_MS, "forget", log, () => forget(deps)),
      every(CHAIN_MS, "chain-audit", log, () => chainAuditLogs(deps)),
      every(ERASE_MS, "erase", log, () => eraseDue(deps)),
      every(RECONCILE_MS, "reconcile", log, () => reconcileInstallations(deps)),
      every(TIDY_MS, "tidy-indexes", log, () => tidyIndexes(deps)),
      every(REWRAP_MS, "rewrap", log, () => deps.secrets.rewrapStale()),
    ];
    // What happened while nobody was there is asked for at once.
    for (const [name, work] of Object.entries({
      redeliverFailed,
      reconcileInstallations,
      eraseDue,
      rewrapSecrets: () => deps.secrets.rewrapStale(),
    })) {
      void work(deps).catch((err: unknown) => log.warn({ err, sweep: name }, "sweep failed"));
    }
    shutdown.add("sweeps", async () => void (await Promise.all(timers.map((timer) => timer.close()))));
  }
  if (env.AICD_ROLE === "worker") return { address: undefined };

  const intake = createIntake({
    pool,
    secrets: [app.webhookSecret, ...(app.previousSecret === undefined ? [] : [app.previousSecret])],
    poke: relay.poke,
    log,
    metrics,
  });
  shutdown.add("intake", () => intake.close());
  const rates = ratesOf(env.API_REQUESTS_PER_MINUTE);
  const server = createHttpServer(
    {
      ...deps,
      queue,
      metrics,
      appUrl: self.html_url,
      trustedProxies: env.TRUSTED_PROXIES,
      rates,
      metricsToken: env.METRICS_TOKEN,
    },
    intake.handle,
  );
  shutdown.add("http", () => closeServer(server));
  return { address: await server.listen({ port: env.PORT, host: env.HOST }) };
}

/** Lets running answers end, but not a model's stream of minutes: its runner tries again elsewhere. */
async function closeServer(server: ReturnType<typeof createHttpServer>): Promise<void> {
  const closed = server.close();
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_MS);
  await closed;
  clearTimeout(timer);
}

async function openDatabase(env: Env, shutdown: Shutdown): Promise<string> {
  if (env.DATABASE_URL !== undefined) return env.DATABASE_URL.reveal();
  const postgres = await startEmbeddedPostgres({ directory: join(env.AICD_DIRECTORY, "postgres") });
  shutdown.add("postgres", () => postgres.stop());
  return postgres.connectionString;
}

function codeIndexOf(env: Env, log: Logger): Deps["codeIndex"] {
  const directory = join(env.AICD_DIRECTORY, "index");
  const apiKey = env.QDRANT_API_KEY?.reveal();
  const engine =
    env.QDRANT_URL === undefined
      ? { kind: "embedded" as const, directory }
      : { kind: "qdrant" as const, url: env.QDRANT_URL, ...(apiKey === undefined ? {} : { apiKey }) };
  const start = () => createIndexProcess({ engine, path: env.PATH, log });
  const mirrors = createMirrors({ directory: join(env.AICD_DIRECTORY, "mirrors"), path: env.PATH });
  return { reader: start(), writer: start(), mirrors };
}

function countersOf(env: Env, { log, shutdown }: Tools): CounterRedis | undefined {
  if (env.REDIS_URL === undefined || env.AICD_ROLE === "worker") return undefined;
  const redis = openCounters({
    url: env.REDIS_URL.reveal(),
    onError: (err) => log.warn({ err }, "limits are counted by this process alone: Redis is away"),
  });
  shutdown.add("counters", async () => redis.disconnect());
  return redis;
}

function signInClient(app: AppCredentials, urls: { apiUrl: string; serverUrl: string }) {
  const { client } = app;
  if (client === undefined) return undefined;
  return createSignInClient({ clientId: client.id, clientSecret: client.secret.reveal(), ...urls });
}

function vendor(baseUrl: string, apiKey: Env["ANTHROPIC_API_KEY"]) {
  return apiKey === undefined ? undefined : { baseUrl, apiKey };
}
