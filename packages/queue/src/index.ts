export { createQueue, type NudgeQueue, type QueueHealth, type QueueSource } from "./queue.ts";
