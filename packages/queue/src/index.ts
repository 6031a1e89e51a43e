export { createQueue, type NudgeQueue, type QueueHealth, type QueueSource } from "./queue.ts";
export { type CounterRedis, openCounters } from "./redis.ts";
export { makeQueueSchema } from "./schema.ts";
