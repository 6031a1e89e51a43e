import { type Job, Queue, Worker } from "bullmq";
import { type Engine, type Nudge, QUEUE_OPTIONS } from "./engine.ts";

const RETRY_MS = 1_000;

/** BullMQ on Redis, Valkey or Dragonfly. */
export function createRedisEngine(name: string, url: string): Engine {
  const connection = {
    url,
    // Never give up: the outbox keeps what is owed, and Redis may come back at any time.
    retryStrategy: (tries: number) => Math.min(tries * 100, RETRY_MS),
  };
  return {
    queue: new Queue(name, { ...QUEUE_OPTIONS, connection }),
    required: false,
    startWorker: (handler, concurrency) =>
      new Worker(name, (job: Job<Nudge>) => handler(job.data.ids), { connection, concurrency }),
  };
}
