/** `capacity` requests in `windowS` seconds, which begin with the first. */
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
  /** Seconds until all are there again; when refused, until the next request is granted. */
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

export type RateLimiter = {
  /** Takes one request of what the rate leaves to the key. Never fails: without its store it counts alone. */
  take(rate: Rate, key: string): Promise<Grant>;
};

/** `RateLimit-Policy` and `RateLimit` as in the IETF's draft, the scarcest rate's state first. */
export function rateHeaders(grants: Grant[]): Record<string, string> {
  const policy = grants.map(({ rate }) => `"${rate.name}";q=${rate.capacity};w=${rate.windowS}`);
  const state = [...grants]
    .sort((a, b) => a.remaining - b.remaining)
    .map(({ rate, remaining, waitS }) => `"${rate.name}";r=${remaining};t=${waitS}`);
  return { "ratelimit-policy": policy.join(", "), ratelimit: state.join(", ") };
}
