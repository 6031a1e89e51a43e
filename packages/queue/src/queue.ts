import { createPostgresEngine } from "./postgres.ts";
import { createRedisEngine } from "./redis.ts";
import { isNotAsMade } from "./schema.ts";

export type QueueSource =
  | {
      readonly kind: "postgres";
      readonly connectionString: string;
      /** Sessions act as this role, in a schema that the owner has made; without it the login makes it. */
      readonly role?: string | undefined;
      /** Makes the schema anew; called, once at a time, when it was dropped or emptied under our feet. */
      readonly remake?: () => Promise<void>;
    }
  | { readonly kind: "redis"; readonly url: string };

export type QueueHealth =
  | { readonly kind: "well"; readonly waiting: number }
  | { readonly kind: "away"; readonly reason: string };

/**
 * Carries ids of outbox rows from whoever committed them to a worker, fast. It holds nothing of value: a
 * nudge may be lost, late or doubled, and all of them may be deleted at any time.
 */
export interface NudgeQueue {
  /** Resolves once the queue has the ids. @throws Error within 3 s when the queue is away: try again later */
  nudge(ids: readonly string[]): Promise<void>;
  /**
   * Hands nudges to `handler`, up to `concurrency` at a time. A handler that throws loses its nudge.
   * `close` waits for the handlers that run.
   */
  work(
    handler: (ids: string[]) => Promise<void>,
    options: { concurrency: number },
  ): Promise<{ close(): Promise<void> }>;
  health(): Promise<QueueHealth>;
  /** Deletes every nudge, also those being worked on. */
  obliterate(): Promise<void>;
  close(): Promise<void>;
}

const NAME = "aicd-nudges";
/** Few enough that several workers share a burst, enough that a burst is cheap. */
const IDS_PER_NUDGE = 32;
const ANSWER_MS = 3_000;

/**
 * @param options.onError failures of the connection, which heals itself; unheard they would end the process
 * @throws Error when Postgres cannot be reached; a Redis that is away is waited for in the background
 */
export async function createQueue(
  options: QueueSource & { readonly name?: string; readonly onError: (error: Error) => void },
): Promise<NudgeQueue> {
  const { queue, required, startWorker } = createEngine(options, options.name ?? NAME);
  const mend = createMending(options);
  const onError = (error: Error) => {
    options.onError(error);
    mend(error);
  };
  queue.on("error", onError);
  if (required) await queue.waitUntilReady();

  return {
    async nudge(ids) {
      const adds: Promise<unknown>[] = [];
      for (let at = 0; at < ids.length; at += IDS_PER_NUDGE) {
        adds.push(queue.add("nudge", { ids: ids.slice(at, at + IDS_PER_NUDGE) }));
      }
      await answered(Promise.all(adds)).catch((error: unknown) => {
        mend(error);
        throw error;
      });
    },
    async work(handler, { concurrency }) {
      const worker = startWorker(handler, concurrency);
      worker.on("error", onError);
      if (required) await worker.waitUntilReady();
      return { close: () => worker.close() };
    },
    async health() {
      try {
        return { kind: "well", waiting: await answered(queue.getWaitingCount()) };
      } catch (error) {
        return { kind: "away", reason: error instanceof Error ? error.message : String(error) };
      }
    },
    obliterate: () => queue.obliterate({ force: true }),
    close: () => queue.close(),
  };
}

/** Whoever meets a schema that is not as it was made has it made anew; what failed meanwhile is tried again by others. */
function createMending(options: QueueSource & { onError: (error: Error) => void }): (error: unknown) => void {
  const remake = options.kind === "postgres" ? options.remake : undefined;
  let mending = false;
  return (error) => {
    if (remake === undefined || mending || !isNotAsMade(error)) return;
    mending = true;
    remake()
      .catch(options.onError)
      .finally(() => {
        mending = false;
      });
  };
}

function createEngine(source: QueueSource, name: string) {
  if (source.kind === "postgres") return createPostgresEngine(name, source);
  return createRedisEngine(name, source.url);
}

/** A client that reconnects keeps commands waiting without end; our callers have better things to do. */
async function answered<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`the queue did not answer within ${ANSWER_MS} ms`)),
    ANSWER_MS,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
