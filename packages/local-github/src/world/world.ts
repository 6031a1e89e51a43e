import { EventEmitter } from "node:events";
import type { OidcIssuer } from "../actions/oidc.ts";
import type { Plumbing } from "../git/git.ts";
import type { Fault } from "../http/faults.ts";
import type { Contract } from "../http/openapi.ts";
import type { Delivery } from "../webhooks/delivery.ts";
import { createPoster, type Poster } from "../webhooks/post.ts";
import type { Account } from "./account.ts";
import type { App, Installation } from "./app.ts";
import type { Grant } from "./grant.ts";
import type { Identity } from "./identity.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { createMint, type Mint } from "./mint.ts";
import type { Purchase } from "./purchase.ts";
import { createRates, GITHUB_LIMITS, type RateLimits, type Rates } from "./rates.ts";
import type { WorkflowRun } from "./run.ts";
import type { Runners } from "./runner.ts";
import type { Switchboard } from "./switchboard.ts";
import type {
  CheckRun,
  Issue,
  IssueComment,
  Pull,
  Repository,
  Review,
  ReviewComment,
  ReviewThread,
} from "./types.ts";

/** Everything a global node id can name. */
export type Node =
  | { type: "Account"; value: Account }
  | { type: "Repository"; value: Repository }
  | { type: "Issue"; value: Issue }
  | { type: "PullRequest"; value: Pull }
  | { type: "IssueComment"; value: IssueComment }
  | { type: "PullRequestReview"; value: Review }
  | { type: "PullRequestReviewComment"; value: ReviewComment }
  | { type: "PullRequestReviewThread"; value: ReviewThread };

/** Something this GitHub was asked, or did, that the real one would not. Tests assert there is none. */
export interface Unexpected {
  at: string;
  kind:
    | "unknown-route"
    | "ignored-input"
    | "invalid-response"
    | "invalid-webhook"
    | "unknown-field"
    | "crash";
  method: string;
  path: string;
  detail: string;
}

export interface Events {
  delivery: [Delivery];
  run: [WorkflowRun];
  write: [LedgerEntry];
  unexpected: [Unexpected];
}

/** The whole state of one local GitHub. Everything is in memory except git, which is on disk. */
export interface World {
  /** `http://host:port`, set once the server listens. */
  url: string;
  directory: string;
  mint: Mint;
  now: () => string;
  rates: Rates;
  switches: Switchboard;
  accounts: Map<string, Account>;
  repositories: Map<number, Repository>;
  /** Lower-case `owner/name` to repository, with the names it had before a rename. */
  names: Map<string, Repository>;
  apps: Map<number, App>;
  installations: Map<number, Installation>;
  tokens: Map<string, Identity>;
  /** What was bought on Marketplace, by the id of the account. */
  purchases: Map<number, Purchase>;
  manifestCodes: Map<string, App>;
  /** Authorization codes that are yet to be exchanged. */
  grants: Map<string, Grant>;
  /** For the Node of JavaScript actions. */
  nodeArguments: readonly string[];
  nodes: Map<string, Node>;
  comments: Map<number, IssueComment>;
  reviewComments: Map<number, ReviewComment>;
  poster: Poster;
  deliveries: Delivery[];
  pendingDeliveries: Set<Promise<void>>;
  checkRuns: Map<number, CheckRun>;
  runs: Map<number, WorkflowRun>;
  /** Runs of each concurrency group in the order they came. */
  queues: Map<string, WorkflowRun[]>;
  /** Settled when each run has ended; a run leaves the map when it does. */
  pendingRuns: Map<number, Promise<void>>;
  runners: Runners;
  plumbing: Map<number, Plumbing>;
  locks: Map<number, Promise<unknown>>;
  contract: Contract;
  oidc: OidcIssuer;
  faults: Fault[];
  ledger: LedgerEntry[];
  traffic: Map<string, number>;
  unexpected: Unexpected[];
  events: EventEmitter<Events>;
}

export interface WorldOptions {
  directory: string;
  contract: Contract;
  oidc: OidcIssuer;
  limits: Partial<RateLimits>;
  nodeArguments: readonly string[];
  /** Milliseconds since 1970, as rate limits see them. */
  clock: () => number;
}

export function createWorld(options: WorldOptions): World {
  return {
    directory: options.directory,
    nodeArguments: options.nodeArguments,
    contract: options.contract,
    oidc: options.oidc,
    url: "",
    mint: createMint(),
    rates: createRates({ ...GITHUB_LIMITS, ...options.limits }, options.clock),
    switches: { runnersHeld: undefined, minutesUsedUp: new Set(), mail: [], stopping: new AbortController() },
    now: () => `${new Date().toISOString().slice(0, 19)}Z`,
    accounts: new Map(),
    repositories: new Map(),
    names: new Map(),
    apps: new Map(),
    installations: new Map(),
    tokens: new Map(),
    purchases: new Map(),
    manifestCodes: new Map(),
    grants: new Map(),
    nodes: new Map(),
    comments: new Map(),
    reviewComments: new Map(),
    poster: createPoster(),
    deliveries: [],
    pendingDeliveries: new Set(),
    checkRuns: new Map(),
    runs: new Map(),
    queues: new Map(),
    pendingRuns: new Map(),
    runners: { all: new Map(), waiting: new Map() },
    plumbing: new Map(),
    locks: new Map(),
    faults: [],
    ledger: [],
    traffic: new Map(),
    unexpected: [],
    events: new EventEmitter(),
  };
}

/** Remembers a deviation and tells listeners; never throws, so that the caller's answer still goes out. */
export function recordUnexpected(world: World, entry: Omit<Unexpected, "at">): void {
  const unexpected = { at: world.now(), ...entry };
  world.unexpected.push(unexpected);
  world.events.emit("unexpected", unexpected);
}
