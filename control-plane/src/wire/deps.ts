import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createMint, createPriceBook } from "@aicd/core";
import { createOidcVerifier } from "@aicd/github";
import type { Logger } from "@aicd/ops";
import { type CounterRedis, openCounters } from "@aicd/queue";
import { createTaskFeed } from "../api/events/feed.ts";
import { createEventHub } from "../api/events/hub.ts";
import type { Deps } from "../deps.ts";
import type { AppCredentials, Env } from "../env.ts";
import { createRateLimiter } from "../http/limits/rate-limiter.ts";
import { createPeppers } from "../identity/tokens.ts";
import { createIndexProcess } from "../indexing/index-process.ts";
import { createMirrors } from "../indexing/mirrors.ts";
import { JOBS } from "../jobs/catalog.ts";
import { createUsageKeeper } from "../models/kept-usage.ts";
import { createLedger } from "../models/ledger.ts";
import { createEnqueue } from "../outbox/enqueue.ts";
import { insistOnKeys } from "../secrets/master-keys.ts";
import { createSecrets } from "../secrets/secrets.ts";
import { createTranscripts } from "../secrets/transcripts.ts";
import { createVault } from "../secrets/vault.ts";
import { createWebhookSender } from "../webhooks/send.ts";
import { openFleet } from "./fleet.ts";
import { type Edges, openGitHub } from "./github/open-github.ts";
import type { Stores } from "./stores.ts";
import { openBilling } from "./stripe.ts";
import type { Tools } from "./tools.ts";
import { partOf, tellOnceAMinute } from "./trouble.ts";
import { githubUrls } from "./urls.ts";

export type { Edges };

/** Everything the use cases work with. */
export async function createDeps(given: {
  env: Env;
  app: AppCredentials;
  tools: Tools;
  edges: Edges;
  stores: Stores;
  poke: () => void;
}): Promise<{ deps: Deps; appUrl: string }> {
  const { env, tools, stores } = given;
  const { log, redactor, shutdown } = tools;
  const { pool, db, keys } = stores;
  const { appUrl, ...github } = await openGitHub({ ...given, pool, db });
  shutdown.add("tokens of GitHub", () => github.github.close());
  const publicUrl = env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`;
  await insistOnKeys(db, keys);
  await stores.retireLogins().catch((err: unknown) => {
    log.warn(
      { err },
      "logins of former master keys were not taken away; the owner of the database may do that",
    );
  });
  const vault = createVault(keys);
  const outbox = createEnqueue(JOBS, given.poke);
  const codeIndex = codeIndexOf(env, log);
  shutdown.add("code index", async () => {
    await Promise.all([codeIndex.reader.close(), codeIndex.writer.close()]);
  });
  const keeper = createUsageKeeper({ directory: join(env.AICD_DIRECTORY, "usage"), log });
  const ledger = createLedger({ db, log, keeper });
  shutdown.add("model calls", () => ledger.close());
  const deps: Deps = {
    ...github,
    pool,
    db,
    log,
    metrics: tools.metrics,
    publicUrl,
    codeIndex,
    fleet: openFleet(env, github.github, redactor),
    ledger,
    secrets: createSecrets({ db, vault, redactor }),
    transcripts: createTranscripts(vault),
    peppers: createPeppers(keys),
    webhooks: createWebhookSender({ privateAddresses: env.WEBHOOK_PRIVATE_ADDRESSES }),
    limiter: createRateLimiter({ redis: countersOf(env, tools) }),
    frontendOrigin: env.FRONTEND_ORIGIN,
    mint: createMint({ now: Date.now, random: randomBytes }),
    enqueue: (tx, job, payload, options) =>
      outbox.one(tx, job, payload, {
        ...options,
        ...("tenantId" in payload ? { tenantId: payload.tenantId } : {}),
      }),
    verifyOidc: createOidcVerifier({ ...githubUrls(env).oidc, audience: publicUrl }),
    billing: openBilling(env),
    prices: createPriceBook(env.MODEL_PRICES_PATH),
    vendorUrls: { anthropic: env.ANTHROPIC_BASE_URL, openai: env.OPENAI_BASE_URL },
    vendors: {
      anthropic: vendor(env.ANTHROPIC_BASE_URL, env.ANTHROPIC_API_KEY),
      openai: vendor(env.OPENAI_BASE_URL, env.OPENAI_API_KEY),
    },
    path: env.PATH,
    exportDirectory: join(env.AICD_DIRECTORY, "exports"),
    now: Date.now,
    hub: createEventHub({ db, log, now: Date.now }),
    feed: createTaskFeed({ db, log }),
  };
  return { deps, appUrl };
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
  const url = env.REDIS_URL.reveal();
  // Limits are counted by this process alone meanwhile.
  const part = partOf("The Redis that counts for limits", "REDIS_URL", url);
  const redis = openCounters({ url, onError: tellOnceAMinute(part, log) });
  shutdown.add("counters", async () => redis.disconnect());
  return redis;
}

function vendor(baseUrl: string, apiKey: Env["ANTHROPIC_API_KEY"]) {
  return apiKey === undefined ? undefined : { baseUrl, apiKey };
}
