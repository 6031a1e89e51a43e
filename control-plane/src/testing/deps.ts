import { generateKeyPairSync, randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { createMint, LIST_PRICES } from "@aicd/core";
import { APP_ROLE, createDatabase, SYSTEM_ROLE } from "@aicd/db";
import type { TestDatabase } from "@aicd/db/testing";
import { createGitHubClients, createOidcVerifier, OPEN_LANE } from "@aicd/github";
import { createLogger, createMetrics, createRedactor, type Logger } from "@aicd/ops";
import { createTaskFeed } from "../api/events/feed.ts";
import { createEventHub } from "../api/events/hub.ts";
import type { Billing } from "../billing/billing.ts";
import type { Deps } from "../deps.ts";
import { createRateLimiter } from "../http/limits/rate-limiter.ts";
import type { RateLimiter } from "../http/limits/rates.ts";
import { createPeppers } from "../identity/tokens.ts";
import { createIndexProcess } from "../indexing/index-process.ts";
import { createMirrors } from "../indexing/mirrors.ts";
import { JOBS } from "../jobs/catalog.ts";
import { createUsageKeeper } from "../models/kept-usage.ts";
import { createLedger } from "../models/ledger.ts";
import { createEnqueue } from "../outbox/enqueue.ts";
import { parseMasterKeys } from "../secrets/master-keys.ts";
import { createSecrets } from "../secrets/secrets.ts";
import { createTranscripts } from "../secrets/transcripts.ts";
import { createVault } from "../secrets/vault.ts";
import { createWebhookSender } from "../webhooks/send.ts";
import { githubEdge } from "./github.ts";
import type { Home } from "./home.ts";

const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;

export const FRONTEND = "https://app.example.com";

export type TestDeps = ReturnType<typeof createTestDeps>;

/**
 * What the composition root builds, on a real database, with the edges that a test turns.
 * @param given.home the local GitHub all calls go to; without it the edge answers the few that the API makes
 */
export function createTestDeps(
  database: TestDatabase,
  given: {
    url: string;
    directory: string;
    log?: Logger;
    limiter?: RateLimiter;
    home?: Home;
    billing?: Billing | undefined;
  },
) {
  const { url: publicUrl, directory, home } = given;
  const github = githubEdge();
  const clock = { offsetMs: 0 };
  const pool = database.createPool({ role: SYSTEM_ROLE });
  const db = createDatabase({ app: database.createPool({ role: APP_ROLE }), system: pool });
  const redactor = createRedactor();
  const log = given.log ?? testLog();
  const keys = parseMasterKeys(randomBytes(32).toString("base64"));
  const vault = createVault(keys);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const outbox = createEnqueue(JOBS, () => {});
  const now = () => Date.now() + clock.offsetMs;
  const deps: Deps = {
    pool,
    db,
    mint: createMint({ now: Date.now, random: randomBytes }),
    enqueue: (tx, job, payload, options) =>
      outbox.one(tx, job, payload, {
        ...options,
        ...("tenantId" in payload ? { tenantId: payload.tenantId } : {}),
      }),
    log,
    metrics: createMetrics(),
    github: createGitHubClients({
      lane: OPEN_LANE,
      warn() {},
      ...(home === undefined
        ? {
            appId: 1,
            privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
            baseUrl: "http://edge",
            fetch: github.fetch,
          }
        : {
            appId: home.app.appId,
            privateKey: home.app.privateKeyPem,
            baseUrl: home.github.url,
            fetch: home.fetch,
            // What is tried again is tried again soon.
            secondMs: 10,
          }),
    }),
    appLogin: home?.app.bot.login ?? "ai-cd[bot]",
    verifyOidc: home === undefined ? noRunner : verifierOf(home, publicUrl),
    publicUrl,
    serverUrl: home?.github.url ?? "https://github.com",
    vendors: { anthropic: undefined, openai: undefined },
    billing: given.billing,
    prices: LIST_PRICES,
    vendorUrls: { anthropic: "http://anthropic", openai: "http://openai" },
    ledger: createLedger({
      db,
      log,
      keeper: createUsageKeeper({ directory: join(directory, "usage"), log }),
    }),
    secrets: createSecrets({ db, vault, redactor }),
    transcripts: createTranscripts(vault),
    peppers: createPeppers(keys),
    webhooks: createWebhookSender({ privateAddresses: "allow" }),
    limiter: given.limiter ?? createRateLimiter(),
    signIn: undefined,
    frontendOrigin: FRONTEND,
    fleet: undefined,
    codeIndex: codeIndexIn(directory, log),
    path: PATH,
    exportDirectory: join(directory, "exports"),
    now,
    hub: createEventHub({ db, log, now }),
    feed: createTaskFeed({ db, log }),
  };
  return { deps, github, clock };
}

async function noRunner(): Promise<never> {
  throw new Error("no runner calls here");
}

function verifierOf({ github: { oidc } }: Home, audience: string): Deps["verifyOidc"] {
  return createOidcVerifier({ issuer: oidc.issuer, jwksUrl: `${oidc.issuer}/.well-known/jwks`, audience });
}

/** Errors, on the console of the test they belong to. */
function testLog(): Logger {
  return createLogger({
    level: "error",
    redactor: createRedactor(),
    sink: { write: (line) => console.error(line.trimEnd()) },
  });
}

/** The real thing in a directory of the test's own; its processes begin when somebody asks them. */
function codeIndexIn(directory: string, log: Logger): Deps["codeIndex"] {
  const engine = { kind: "embedded" as const, directory: join(directory, "index") };
  const begin = () => createIndexProcess({ engine, path: PATH, log });
  const mirrors = createMirrors({ directory: join(directory, "mirrors"), path: PATH });
  return { reader: begin(), writer: begin(), mirrors };
}
