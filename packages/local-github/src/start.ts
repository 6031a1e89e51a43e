import type { EventEmitter } from "node:events";
import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createOidcIssuer, type ForgedKey } from "./actions/oidc.ts";
import { cancelRun } from "./actions/run.ts";
import type { Fault } from "./http/faults.ts";
import { createContract } from "./http/openapi.ts";
import { createServer } from "./http/server.ts";
import { createPeople, type People } from "./people/people.ts";
import { createSeeds, type Seeds } from "./people/seeds.ts";
import { createSwitches, type Switches } from "./switches/switches.ts";
import type { Delivery } from "./webhooks/delivery.ts";
import type { LedgerEntry } from "./world/ledger-entry.ts";
import type { RateLimits } from "./world/rates.ts";
import type { WorkflowRun } from "./world/run.ts";
import { createWorld, type Events, type Unexpected, type World } from "./world/world.ts";

export interface LocalGitHubOptions {
  /** Where bare repositories and job workspaces live; made when missing, never removed. */
  directory: string;
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** For the Node of JavaScript actions, e.g. what must be loaded first on an older one than they ask for. */
  nodeArguments?: readonly string[];
  /** Other limits than GitHub's, which are the default. */
  limits?: Partial<RateLimits>;
  /** The clock of the rate limits, in milliseconds; the system's when absent. */
  clock?: () => number;
}

/** A GitHub that runs in this process and listens on one port. */
export interface LocalGitHub extends Seeds, People, Switches {
  /** Base of REST (also below `/api/v3`), GraphQL, git and web pages. */
  readonly url: string;
  /** What was asked, or answered, unlike GitHub. Tests assert that it is empty. */
  readonly unexpected: readonly Unexpected[];
  /** Every write that took effect, in order. */
  readonly ledger: readonly LedgerEntry[];
  readonly deliveries: readonly Delivery[];
  /** Requests by `METHOD template`, failed ones included. */
  readonly traffic: ReadonlyMap<string, number>;
  readonly faults: { set(fault: Fault): void; clear(): void };
  /** `issuer` is what tokens name; `sign` makes tokens with exactly the given claims. */
  readonly oidc: {
    issuer: string;
    sign(claims: Record<string, unknown>, forged?: ForgedKey): Promise<string>;
  };
  /** Runs of a repository, oldest first, with jobs, outputs and logs. */
  runs(repository: string): WorkflowRun[];
  on<K extends keyof Events>(event: K, listener: (...args: Events[K]) => void): () => void;
  /** Resolves with the first event, from now on, that satisfies the condition. Rejects after `timeoutMs` (30 s). */
  next<K extends keyof Events>(
    event: K,
    condition?: (...args: Events[K]) => boolean,
    timeoutMs?: number,
  ): Promise<Events[K][0]>;
  /** Resolves once no delivery is under way and no run is going on, including those they cause. */
  settled(): Promise<void>;
  /** Cancels runs, waits for their processes, and closes every connection. */
  stop(): Promise<void>;
}

const DEFAULT_WAIT_MS = 30_000;

export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  const {
    directory,
    port = 0,
    host = "127.0.0.1",
    limits = {},
    clock = Date.now,
    nodeArguments = [],
  } = options;
  await mkdir(directory, { recursive: true });
  const world = createWorld({
    directory,
    limits,
    clock,
    nodeArguments,
    contract: createContract(),
    oidc: await createOidcIssuer(),
  });
  const server = createServer(world);
  await server.listen({ port, host });
  world.url = `http://${host}:${(server.server.address() as AddressInfo).port}`;
  return {
    ...createSeeds(world),
    ...createPeople(world),
    ...createSwitches(world),
    url: world.url,
    unexpected: world.unexpected,
    ledger: world.ledger,
    deliveries: world.deliveries,
    traffic: world.traffic,
    faults: {
      set: (fault) => void world.faults.push({ ...fault }),
      clear: () => void world.faults.splice(0),
    },
    oidc: { issuer: `${world.url}/_oidc`, sign: world.oidc.sign },
    runs: (name) =>
      [...world.runs.values()].filter((run) => run.repository === world.names.get(name.toLowerCase())),
    on: (event, listener) => listen(world, event, listener),
    next: (event, condition, timeoutMs) => next(world, event, condition, timeoutMs),
    settled: () => settled(world),
    async stop() {
      world.switches.stopping.abort();
      for (const run of world.runs.values()) if (run.status !== "completed") cancelRun(run);
      await Promise.all(world.pendingRuns.values());
      await server.close();
      world.poster.close();
      for (const plumbing of world.plumbing.values()) plumbing.close();
    },
  };
}

function listen<K extends keyof Events>(
  world: World,
  event: K,
  listener: (...args: Events[K]) => void,
): () => void {
  // The emitter's own types cannot follow a generic event name.
  const emitter = world.events as unknown as EventEmitter;
  const call = listener as (...args: unknown[]) => void;
  emitter.on(event, call);
  return () => void emitter.off(event, call);
}

function next<K extends keyof Events>(
  world: World,
  event: K,
  condition: (...args: Events[K]) => boolean = () => true,
  timeoutMs = DEFAULT_WAIT_MS,
): Promise<Events[K][0]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      off();
      reject(new Error(`no matching "${event}" event within ${timeoutMs} ms`));
    }, timeoutMs);
    const off = listen(world, event, (...args) => {
      if (!condition(...args)) return;
      clearTimeout(timer);
      off();
      resolve(args[0]);
    });
  });
}

async function settled(world: World): Promise<void> {
  for (let work = underWay(world); work.length > 0; work = underWay(world)) {
    const held = world.switches.runnersHeld;
    await Promise.race(held ? [...work, held.oneMore.promise] : work);
  }
}

/** Deliveries and runs; one that waits for a runner waits for somebody to release it. */
function underWay(world: World): Promise<void>[] {
  const waiting = world.switches.runnersHeld?.waiting;
  const runs = [...world.pendingRuns].filter(([id]) => !waiting?.has(id)).map(([, run]) => run);
  return [...world.pendingDeliveries, ...runs];
}
