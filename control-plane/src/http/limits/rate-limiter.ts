import type { CounterRedis } from "@aicd/queue";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Grant, Rate, RateLimiter } from "./rates.ts";

const PREFIX = "aicd:rate";

/**
 * Counts requests: in Redis for all web processes together, else in this one. While Redis is away each process
 * counts for itself, so that a limit is n times as high rather than nobody served.
 */
export function createRateLimiter({ redis }: { redis?: CounterRedis | undefined } = {}): RateLimiter {
  const counters = new Map<string, RateLimiterMemory | RateLimiterRedis>();

  function counterOf({ name, capacity: points, windowS: duration }: Rate) {
    const id = `${name}:${points}:${duration}`;
    const known = counters.get(id);
    if (known !== undefined) return known;
    const options = { keyPrefix: `${PREFIX}:${name}`, points, duration };
    const memory = new RateLimiterMemory(options);
    const made =
      redis === undefined
        ? memory
        : new RateLimiterRedis({
            ...options,
            storeClient: redis,
            rejectIfRedisNotReady: true,
            insuranceLimiter: memory,
            // Whoever is over it is refused without asking again.
            inMemoryBlockOnConsumed: points + 1,
          });
    counters.set(id, made);
    return made;
  }

  return {
    async take(rate, key) {
      try {
        return grantOf(rate, await counterOf(rate).consume(key), { granted: true });
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return grantOf(rate, refused, { granted: false });
        throw refused;
      }
    },
  };
}

function grantOf(rate: Rate, counted: RateLimiterRes, { granted }: { granted: boolean }): Grant {
  const waitS = Math.ceil(counted.msBeforeNext / 1_000);
  return { granted, rate, remaining: granted ? counted.remainingPoints : 0, waitS: Math.max(1, waitS) };
}
