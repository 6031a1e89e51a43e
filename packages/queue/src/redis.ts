import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { type Engine, type Nudge, QUEUE_OPTIONS } from "./engine.ts";

const RETRY_MS = 1_000;
/** Longer than this nobody waits to be counted. */
const ANSWER_MS = 250;

/** BullMQ on Redis, Valkey or Dragonfly. */
export function createRedisEngine(name: string, url: string): Engine {
  const connection = {
    url,
    // Never give up: the outbox keeps what is owed, and Redis may come back at any time.
    retryStrategy,
  };
  return {
    queue: new Queue(name, { ...QUEUE_OPTIONS, connection }),
    required: false,
    startWorker: (handler, concurrency) =>
      new Worker(name, (job: Job<Nudge>) => handler(job.data.ids), { connection, concurrency }),
  };
}

export type CounterRedis = Redis;

/**
 * A connection for counting: its commands fail at once while Redis is away, so that a caller can count alone.
 * @param options.onError called for each failure of the connection, which tries again for ever
 */
export function openCounters(options: { url: string; onError: (error: Error) => void }): CounterRedis {
  const redis = new Redis(options.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: ANSWER_MS,
    retryStrategy,
  });
  redis.on("error", options.onError);
  return redis;
}

function retryStrategy(tries: number): number {
  return Math.min(tries * 100, RETRY_MS);
}
