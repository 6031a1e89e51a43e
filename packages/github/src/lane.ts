import { AsyncLocalStorage } from "node:async_hooks";

/** What a write is to GitHub's limits: of `content`, 80 a minute and 500 an hour are allowed. */
export type WriteKind = "content" | "change";

/** The order in which an installation is written to, kept by whoever runs the clients, for all its processes. */
export interface WriteLane {
  /** Resolves when it is the caller's turn. Rejects when that is further off than a caller should be kept. */
  turn(installationId: number, kind: WriteKind): Promise<void>;
  /** @throws while GitHub has asked to be left alone for this installation */
  insistOnOpen(installationId: number): void;
  /** GitHub asks for a pause. @returns what its caller is told */
  pause(installationId: number, pauseMs: number): Promise<Error>;
}

/** No order at all, for those who write next to nothing. A limit is the caller's error. */
export const OPEN_LANE: WriteLane = {
  async turn() {},
  insistOnOpen() {},
  async pause(_installation, pauseMs) {
    return Object.assign(new Error(`GitHub asks for a pause of ${Math.ceil(pauseMs / 1_000)} s.`), {
      status: 429,
    });
  },
};

/** On whose behalf GitHub is called. */
export type Caller = {
  /** Aborts when the work is no longer the caller's: what is not sent by then never is. */
  signal: AbortSignal;
  /** It was given its turn before, and waited for it elsewhere. Used up by the first write. */
  hasTurn: boolean;
  /** Where others wait it lets them go first, and comes back: nobody is waiting for what it writes. */
  yields?: boolean;
};

type Held = Caller & { turns: Set<number> };

const callers = new AsyncLocalStorage<Held>();

/** Every call that `work` makes, however deep, carries the caller's signal and uses the caller's turn. */
export function onBehalfOf<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
  return callers.run({ ...caller, turns: new Set() }, work);
}

/** What `work` writes lets everybody else go first. */
export async function lettingOthersFirst<T>(work: () => Promise<T>): Promise<T> {
  const caller = currentCaller();
  if (caller === undefined) return work();
  caller.yields = true;
  try {
    return await work();
  } finally {
    caller.yields = false;
  }
}

export function currentCaller(): Held | undefined {
  return callers.getStore();
}

/** Whether a request changes anything. GraphQL posts its queries too; only its mutations write. */
export function isWrite({ method, url, query }: { method: string; url: string; query?: unknown }): boolean {
  if (method === "GET" || method === "HEAD") return false;
  return !url.endsWith("/graphql") || typeof query !== "string" || /^\s*mutation\b/.test(query);
}

/** Steering Actions, telling of checks, and what has neither words nor anybody to notify. */
const NO_CONTENT = /\/(?:actions|dispatches|check-runs|reactions|labels)(?:\/|$)/;
/** A comment taken away: nothing is made. */
const TAKEN_AWAY = /\/comments\/[^/]+$/;
const NO_CONTENT_MUTATION = /\{\s*addReaction\b/;

/**
 * What a write is to the limits of content. GitHub's REST description marks what "triggers notifications" and may be
 * limited when it is created too quickly: of ours new comments, replies and pull requests. That whole list it does
 * not publish, so whatever makes or changes words, commits, branches or pull requests is counted with them.
 * Source: docs.github.com, "Rate limits for the REST API", about secondary rate limits; `x-github.triggersNotification`.
 */
export function kindOf({ method, url, query }: { method: string; url: string; query?: unknown }): WriteKind {
  const path = url.split("?")[0] ?? "";
  if (path.endsWith("/graphql")) {
    return typeof query === "string" && NO_CONTENT_MUTATION.test(query) ? "change" : "content";
  }
  if (method === "DELETE" && TAKEN_AWAY.test(path)) return "change";
  return NO_CONTENT.test(path) ? "change" : "content";
}

/** How long GitHub asks to be left alone. A secondary limit that names no time is a minute long. */
export function pauseAfter(
  headers: Record<string, string | number | undefined>,
  now: number,
  secondMs = 1_000,
): number {
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after) && after >= 0) return Math.max(1, after) * secondMs;
  const reset = Number(headers["x-ratelimit-reset"]);
  if (String(headers["x-ratelimit-remaining"]) === "0" && Number.isFinite(reset)) {
    return Math.max(secondMs, reset * 1_000 - now + secondMs);
  }
  return 60 * secondMs;
}
