import type { JobsOptions } from "bullmq";

/** What rides in one job of the queue. */
export interface Nudge {
  readonly ids: string[];
}

interface Connected {
  on(event: "error", listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

/** The part of BullMQ's Queue we use: its class is generic over the storage, which is nobody's business. */
interface NudgeStore extends Connected {
  add(name: string, data: Nudge): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  obliterate(options: { force: boolean }): Promise<void>;
}

/** BullMQ over one kind of storage. */
export interface Engine {
  readonly queue: NudgeStore;
  /** Whether the storage must answer before we start. */
  readonly required: boolean;
  startWorker(handler: (ids: string[]) => Promise<void>, concurrency: number): Connected;
}

/** Nothing is kept and nothing is retried here: that is the outbox's part. */
export const QUEUE_OPTIONS: {
  streams: { events: { maxLen: number } };
  defaultJobOptions: JobsOptions;
} = {
  // Nobody reads the event stream.
  streams: { events: { maxLen: 100 } },
  defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
};
