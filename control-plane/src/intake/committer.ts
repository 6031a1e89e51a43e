import { LARGE_BYTES } from "./body.ts";
import { pack, packLarge } from "./pack.ts";
import type { Batch, Delivery } from "./store.ts";

/** Told once: stored, or not as far as we can promise. */
type Settle = (stored: boolean) => void;

interface Waiting {
  readonly settle: Settle;
  readonly deadline: number;
}

type Sealed = Batch & { readonly waiting: readonly Waiting[] };

export interface Committer {
  /** `settle` is called exactly once, within `withinMs` and a patrol. The pieces are eaten up. */
  add(delivery: Delivery, pieces: Uint8Array[], options: { withinMs: number; settle: Settle }): void;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

/** One is written while the next one fills; more would only make them smaller. */
export const IN_FLIGHT = 2;
/** What a batch remembers of how many waited before. */
const CROWD_MEMORY = 0.98;
/** Bodies of one batch lie here before they are packed. */
const ARENA_BYTES = 4 * LARGE_BYTES;
const PATROL_MS = 500;

/**
 * Group commit: what arrives while batches are on their way waits and goes together.
 * Bodies are copied side by side at once, so that their buffers die young: kept until the commit they would
 * outlive the quick collection and cost more than the transaction. Callbacks and one timer for all, for the
 * same reason.
 * @param commit makes a batch durable or throws
 */
export function createCommitter(commit: (batch: Batch) => Promise<void>): Committer {
  const arena = Buffer.allocUnsafeSlow(ARENA_BYTES);
  let used = 0;
  let deliveries: Delivery[] = [];
  let waiting: Waiting[] = [];
  /** Packed, and waiting for a place on the way. */
  const sealed: Sealed[] = [];
  const unsettled = new Set<Waiting>();
  let inFlight = 0;
  let scheduled = false;
  /** How many wait at the same time, lately. */
  let crowd = 0;
  let patrol: NodeJS.Timeout | undefined;
  let whenIdle: PromiseWithResolvers<void> | undefined;

  function settle(one: Waiting, stored: boolean): void {
    if (unsettled.delete(one)) one.settle(stored); // else its time was up, and it was told so
  }

  function seal(): void {
    if (deliveries.length === 0) return;
    sealed.push({ deliveries, waiting, body: pack(arena.subarray(0, used)) });
    deliveries = [];
    waiting = [];
    used = 0;
  }

  /**
   * Looks again at the end of every turn of the event loop until a turn brought nothing new, so that all who
   * had something to say have said it. Under load that would make one batch of everybody, and then this
   * thread and Postgres would wait for each other in turn: half of them is enough to go.
   */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    let seen = 0;
    setImmediate(function look() {
      const quiet = deliveries.length === seen;
      if (!quiet && deliveries.length < crowd / 2) {
        seen = deliveries.length;
        setImmediate(look);
        return;
      }
      scheduled = false;
      while (inFlight < IN_FLIGHT) {
        if (sealed.length === 0) seal();
        const batch = sealed.shift();
        if (!batch) break;
        crowd = Math.max(unsettled.size, crowd * CROWD_MEMORY);
        void flush(batch);
      }
    });
  }

  async function flush(batch: Sealed): Promise<void> {
    inFlight++;
    let stored = false;
    try {
      await commit(batch);
      stored = true;
    } catch {
      // Reported by `commit`; here it only means that nobody gets a promise.
    }
    inFlight--;
    for (const one of batch.waiting) settle(one, stored);
    if (sealed.length > 0 || deliveries.length > 0) schedule();
    else rest();
  }

  async function addLarge(delivery: Delivery, pieces: Uint8Array[], one: Waiting): Promise<void> {
    try {
      sealed.push({ deliveries: [delivery], waiting: [one], body: await packLarge(pieces) });
      schedule();
    } catch {
      settle(one, false); // no memory for it: GitHub is told to send it again
      rest();
    }
  }

  function rest(): void {
    if (unsettled.size > 0) return;
    clearInterval(patrol);
    patrol = undefined;
    whenIdle?.resolve();
    whenIdle = undefined;
  }

  function giveUpLate(): void {
    const now = performance.now();
    for (const one of unsettled) if (one.deadline <= now) settle(one, false);
    rest();
  }

  return {
    add(delivery, pieces, { withinMs, settle: settleOne }) {
      const one = { settle: settleOne, deadline: performance.now() + withinMs };
      unsettled.add(one);
      patrol ??= setInterval(giveUpLate, PATROL_MS);
      if (delivery.bytes > LARGE_BYTES) {
        void addLarge(delivery, pieces, one);
        return;
      }
      if (used + delivery.bytes > ARENA_BYTES) seal();
      for (const piece of pieces) {
        arena.set(piece, used);
        used += piece.length;
      }
      deliveries.push(delivery);
      waiting.push(one);
      schedule();
    },
    idle() {
      if (unsettled.size === 0) return Promise.resolve();
      whenIdle ??= Promise.withResolvers();
      return whenIdle.promise;
    },
  };
}
