/** How much one caller may do before GitHub refuses. */
export interface RateLimits {
  /**
   * Writes that make or change what people see. docs.github.com "Rate limits for the REST API", "About secondary rate
   * limits": "In general, no more than 80 content-generating requests per minute and no more than 500 per hour".
   */
  contentPerMinute: number;
  contentPerHour: number;
  /** Requests an hour, and points an hour of GraphQL. The same page, "About primary rate limits". */
  primary: Record<Caller, number>;
  /** The same page: "you will receive a `403` or `429` response", for either limit. */
  status: 403 | 429;
}

export type Caller = "anonymous" | "app" | "installation" | "job" | "user";
export type Resource = "core" | "graphql";

export const GITHUB_LIMITS: RateLimits = {
  contentPerMinute: 80,
  contentPerHour: 500,
  primary: { anonymous: 60, app: 5000, installation: 5000, job: 1000, user: 5000 },
  status: 403,
};

/** Where a caller stands in the current hour; `reset` is in seconds since 1970. */
export interface Standing {
  limit: number;
  used: number;
  remaining: number;
  reset: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The same page: "wait for at least one minute". What `retry-after` says. */
const BLOCKED_SECONDS = 60;

interface Hour {
  startedAt: number;
  used: number;
}

/** Counts what each caller does. Keys name callers: an installation, an account, a job's repository, an address. */
export interface Rates {
  limits: RateLimits;
  /** Milliseconds since 1970 as the limits see them. */
  now(): number;
  /** Counts one request; undefined when the hour's are used up. */
  take(key: string, caller: Caller, resource: Resource): Standing | undefined;
  look(key: string, caller: Caller, resource: Resource): Standing;
  /** Counts one write of content; seconds to wait when it is one too many. */
  write(key: string): number | undefined;
  exhaust(key: string, caller: Caller, resource: Resource): void;
  /** Moves the clock of the limits ahead. */
  skip(ms: number): void;
  /** Leaves a caller out of every limit. */
  spare(key: string): void;
}

export function createRates(limits: RateLimits, clock: () => number): Rates {
  const hours = new Map<string, Hour>();
  const writes = new Map<string, number[]>();
  const blockedUntil = new Map<string, number>();
  const spared = new Set<string>();
  let ahead = 0;
  const now = () => clock() + ahead;

  function hourOf(key: string, resource: Resource): Hour {
    const known = hours.get(`${resource} ${key}`);
    if (known && now() < known.startedAt + HOUR_MS) return known;
    const fresh = { startedAt: now(), used: 0 };
    hours.set(`${resource} ${key}`, fresh);
    return fresh;
  }

  function standing(hour: Hour, caller: Caller): Standing {
    const limit = rates.limits.primary[caller];
    const reset = Math.ceil((hour.startedAt + HOUR_MS) / 1000);
    return { limit, used: hour.used, remaining: Math.max(limit - hour.used, 0), reset };
  }

  const rates: Rates = {
    limits,
    now,
    take(key, caller, resource) {
      const hour = hourOf(key, resource);
      const over = hour.used >= rates.limits.primary[caller] && !spared.has(key);
      if (over) return undefined;
      if (!spared.has(key)) hour.used += 1;
      return standing(hour, caller);
    },
    look: (key, caller, resource) => standing(hourOf(key, resource), caller),
    write(key) {
      if (spared.has(key)) return undefined;
      const at = now();
      const until = blockedUntil.get(key) ?? 0;
      if (at < until) return Math.ceil((until - at) / 1000);
      const recent = (writes.get(key) ?? []).filter((each) => each > at - HOUR_MS);
      writes.set(key, recent);
      const lastMinute = recent.filter((each) => each > at - MINUTE_MS).length;
      if (recent.length < rates.limits.contentPerHour && lastMinute < rates.limits.contentPerMinute) {
        recent.push(at);
        return undefined;
      }
      blockedUntil.set(key, at + BLOCKED_SECONDS * 1000);
      return BLOCKED_SECONDS;
    },
    exhaust(key, caller, resource) {
      hourOf(key, resource).used = rates.limits.primary[caller];
    },
    skip(ms) {
      ahead += ms;
    },
    spare: (key) => void spared.add(key),
  };
  return rates;
}
