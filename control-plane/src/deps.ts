import type { MintId, PriceBook } from "@aicd/core";
import type { Database } from "@aicd/db";
import type { GitHubClients, SignInClient, VerifyOidc } from "@aicd/github";
import type { Logger, Metrics } from "@aicd/ops";
import type { Pool } from "pg";
import type { TaskFeed } from "./api/events/feed.ts";
import type { EventHub } from "./api/events/hub.ts";
import type { Billing } from "./billing/billing.ts";
import type { Fleet } from "./fleet/ports.ts";
import type { RateLimiter } from "./http/limits/rates.ts";
import type { Peppers } from "./identity/tokens.ts";
import type { MirrorIndex } from "./indexing/index-process.ts";
import type { Mirrors } from "./indexing/mirrors.ts";
import type { Enqueue } from "./jobs/enqueue.ts";
import type { Ledger } from "./models/ledger.ts";
import type { VendorName, Vendors } from "./models/vendors.ts";
import type { Secrets } from "./secrets/secrets.ts";
import type { Transcripts } from "./secrets/transcripts.ts";
import type { WebhookSender } from "./webhooks/send.ts";

/** Everything the use cases work with; built once in `wire.ts`. */
export type Deps = {
  pool: Pool;
  db: Database;
  mint: MintId;
  enqueue: Enqueue;
  log: Logger;
  metrics: Metrics;
  github: GitHubClients;
  /** Login under which GitHub shows what the App writes, e.g. `ai-cd[bot]`. */
  appLogin: string;
  verifyOidc: VerifyOidc;
  /** Address under which runners reach us. */
  publicUrl: string;
  /** Address under which people see GitHub, for links: `https://github.com` or a GHES root. */
  serverUrl: string;
  /** Vendors with the operator's keys. */
  vendors: Vendors;
  /** Roots of the vendors' APIs, also for the keys of tenants. */
  vendorUrls: Record<VendorName, string>;
  /** What model calls cost: the list, and before it the operator's own prices. */
  prices: PriceBook;
  /** Undefined: nothing is sold, and no plan limits anybody. */
  billing: Billing | undefined;
  /** The money of the model calls this server makes. */
  ledger: Ledger;
  secrets: Secrets;
  transcripts: Transcripts;
  peppers: Peppers;
  /** Sends events to the addresses that tenants gave. */
  webhooks: WebhookSender;
  /** Of all web processes together where there is a Redis. */
  limiter: RateLimiter;
  /** Undefined: the App's OAuth client is not configured, nobody can sign in. */
  signIn: SignInClient | undefined;
  /** The one other origin whose pages may call the API, e.g. `https://app.example.com`. */
  frontendOrigin: string | undefined;
  /** Where programs are looked for; git is all we start. */
  path: string;
  /** Where exports of uninstalled tenants lie until they are forgotten. */
  exportDirectory: string;
  /** Undefined: no cloud is configured, all work runs on GitHub's runners. */
  fleet: Fleet | undefined;
  /** Two processes of the code index, so that a search never waits for a repository being read. */
  codeIndex: { reader: MirrorIndex; writer: MirrorIndex; mirrors: Mirrors };
  /** Milliseconds of the wall clock; leases and ages use the database's clock instead. */
  now: () => number;
  /** Where the API watches for the events of a task, and for tasks that changed. Idle until somebody watches. */
  hub: EventHub;
  feed: TaskFeed;
};
