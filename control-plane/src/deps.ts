import type { MintId, Settings } from "@aicd/core";
import type { Database } from "@aicd/db";
import type { GitHubClients, VerifyOidc } from "@aicd/github";
import type { Logger } from "@aicd/ops";
import type { Pool } from "pg";
import type { Enqueue } from "./jobs/enqueue.ts";
import type { Vendors } from "./models/vendors.ts";

/** Everything the use cases work with; built once in `wire.ts`. */
export type Deps = {
  pool: Pool;
  db: Database;
  mint: MintId;
  enqueue: Enqueue;
  log: Logger;
  github: GitHubClients;
  /** Login under which GitHub shows what the App writes, e.g. `ai-cd[bot]`. */
  appLogin: string;
  verifyOidc: VerifyOidc;
  /** Address under which runners reach us. */
  publicUrl: string;
  /** Address under which people see GitHub, for links: `https://github.com` or a GHES root. */
  serverUrl: string;
  vendors: Vendors;
  /** Milliseconds of the wall clock; leases and ages use the database's clock instead. */
  now: () => number;
};

export type { Settings };
