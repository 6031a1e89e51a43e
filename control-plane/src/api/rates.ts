/** `capacity` requests at once, refilled over `windowS` seconds. */
export type Rate = { name: string; capacity: number; windowS: number };

export type Rates = { caller: Rate; organization: Rate; stranger: Rate };

/** A key or a person; everybody of an organisation together; an address that shows no valid credentials. */
export function ratesOf(perMinute: number): Rates {
  return {
    caller: { name: "caller", capacity: perMinute, windowS: 60 },
    organization: { name: "organization", capacity: perMinute * 5, windowS: 60 },
    stranger: { name: "stranger", capacity: Math.ceil(perMinute / 10), windowS: 60 },
  };
}

export type Grant = {
  granted: boolean;
  rate: Rate;
  /** Whole requests left. */
  remaining: number;
  /** Seconds until the bucket is full again, or, when refused, until the next request is granted. */
  waitS: number;
};

/**
 * What an address counts as: itself, or for IPv6 the network of 64 bits that one customer is given, or a
 * stranger would have a fresh bucket for each of its 2^64 addresses.
 */
export function neighbourhood(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined || !ip.includes(":")) return mapped ?? ip;
  const [head = "", tail = ""] = ip.slice(0, 45).split("::");
  const [before, after] = [head, tail].map((part) => (part === "" ? [] : part.split(":")));
  const zeros = Array.from(
    { length: Math.max(0, 8 - (before?.length ?? 0) - (after?.length ?? 0)) },
    () => "0",
  );
  const groups = [...(before ?? []), ...(ip.includes("::") ? zeros : []), ...(after ?? [])];
  return `${groups.slice(0, 4).join(":").toLowerCase()}::/64`;
}

/** Buckets kept; past it full ones go, then the oldest: a stranger's flood must not grow the process. */
const BUCKETS = 50_000;

export type RateLimiter = { take(rate: Rate, key: string): Grant; peek(rate: Rate, key: string): Grant };

/**
 * Token buckets of this process. Every web process counts for itself: behind n of them the limit is n
 * times as high, which is fair enough for a guard and needs no round trip.
 * @param now milliseconds, never going back
 */
export function createRateLimiter(now: () => number): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>();

  function level(rate: Rate, id: string): number {
    const bucket = buckets.get(id);
    if (bucket === undefined) return rate.capacity;
    const refill = ((now() - bucket.at) / 1_000) * (rate.capacity / rate.windowS);
    return Math.min(rate.capacity, bucket.tokens + Math.max(0, refill));
  }

  function grant(rate: Rate, tokens: number, granted: boolean): Grant {
    const perSecond = rate.capacity / rate.windowS;
    const short = granted ? rate.capacity - tokens : 1 - tokens;
    return {
      granted,
      rate,
      remaining: Math.floor(tokens),
      waitS: Math.max(granted ? 0 : 1, Math.ceil(short / perSecond)),
    };
  }

  function forgetSome(): void {
    for (const id of buckets.keys()) {
      if (buckets.size < BUCKETS) return;
      buckets.delete(id);
    }
  }

  return {
    peek(rate, key) {
      const tokens = level(rate, `${rate.name}:${key}`);
      return grant(rate, tokens, tokens >= 1);
    },
    take(rate, key) {
      const id = `${rate.name}:${key}`;
      const tokens = level(rate, id);
      const granted = tokens >= 1;
      if (buckets.size >= BUCKETS && !buckets.has(id)) forgetSome();
      // Put in anew, so that the map stays in the order of use.
      buckets.delete(id);
      buckets.set(id, { tokens: granted ? tokens - 1 : tokens, at: now() });
      return grant(rate, granted ? tokens - 1 : tokens, granted);
    },
  };
}

/** `RateLimit-Policy` and `RateLimit` as in the IETF's draft, the scarcest bucket's state first. */
export function rateHeaders(grants: Grant[]): Record<string, string> {
  const policy = grants.map(({ rate }) => `"${rate.name}";q=${rate.capacity};w=${rate.windowS}`);
  const state = [...grants]
    .sort((a, b) => a.remaining - b.remaining)
    .map(({ rate, remaining, waitS }) => `"${rate.name}";r=${remaining};t=${waitS}`);
  return { "ratelimit-policy": policy.join(", "), ratelimit: state.join(", ") };
}
