import { LIMITS } from "@aicd/core";
import type { EventsRequest, RunnerEvent } from "@aicd/protocol";

export type EventLog = {
  add(event: RunnerEvent): void;
  /** Resolves when all events added so far have been accepted; rejects when they cannot be. */
  flush(): Promise<void>;
  /** Ends the timer; what is still waiting is dropped. */
  close(): void;
};

type Numbered = EventsRequest["events"];

const FLUSH_MS = 800;

/**
 * Numbers events, gathers them and sends them in order, in batches. A batch that failed is sent again
 * with the next one; the numbers make repeats harmless.
 */
export function createEventLog(options: {
  nextSeq: number;
  send: (events: Numbered) => Promise<unknown>;
  onError: (error: unknown) => void;
}): EventLog {
  const waiting: Numbered = [];
  let seq = options.nextSeq;
  let sending: Promise<void> = Promise.resolve();

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, LIMITS.runnerEventsPerPost);
      await options.send(batch);
      waiting.splice(0, batch.length);
    }
  }

  function flush(): Promise<void> {
    // One after another; a failed batch must not keep later ones from being tried.
    sending = sending.catch(() => undefined).then(sendAll);
    return sending;
  }

  const timer = setInterval(() => {
    if (waiting.length > 0) flush().catch(options.onError);
  }, FLUSH_MS);
  timer.unref();

  return {
    add(event) {
      waiting.push({ seq, event });
      seq += 1;
    },
    flush,
    close: () => clearInterval(timer),
  };
}
