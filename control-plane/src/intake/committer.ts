import type { Body } from "./body.ts";
import { LARGE_BYTES } from "./body.ts";
import type { DeliveryHead, Verdict } from "./messages.ts";
import type { Writer } from "./thread.ts";

/** Told once: what became of the delivery, or `undefined` when nothing can be promised. */
export type Settle = (verdict: Verdict | undefined) => void;

interface Waiting {
  readonly settle: Settle;
  readonly deadline: number;
}

interface Batch {
  readonly arena: ArrayBuffer;
  readonly deliveries: DeliveryHead[];
  readonly waiting: Waiting[];
}

export interface Committer {
  /** `settle` is called exactly once, within `withinMs` and a patrol. The body may be released at once. */
  add(delivery: DeliveryHead, body: Body, options: { withinMs: number; settle: Settle }): void;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

/** One is written while the next is checked and packed; more would only make them smaller. */
const IN_FLIGHT = 2;
const ARENA_BYTES = 4 * LARGE_BYTES;
const SPARE_ARENAS = 3;
const PATROL_MS = 500;

/**
 * Group commit: what arrives while batches are on their way waits and goes together.
 * Bodies are copied side by side at once, so that their buffers die young: kept until the commit they would
 * outlive the quick collection and cost more than the transaction. Callbacks and one timer for all, for the
 * same reason.
 * @param onBatch told about every batch, for the log and the metrics
 */
export function createCommitter(
  writer: Pick<Writer, "write">,
  onBatch: (batch: { deliveries: number; seconds: number; failure: string | undefined }) => void,
): Committer {
  const unsettled = new Set<Waiting>();
  const spares: ArrayBuffer[] = [];
  /** Full ones, and large bodies, waiting for a place on the way. */
  const sealed: Batch[] = [];
  let filling: Batch | undefined;
  let used = 0;
  let inFlight = 0;
  let scheduled = false;
  let patrol: NodeJS.Timeout | undefined;
  let whenIdle: PromiseWithResolvers<void> | undefined;

  function settle(one: Waiting | undefined, verdict: Verdict | undefined): void {
    if (one && unsettled.delete(one)) one.settle(verdict); // else its time was up, and it was told so
  }

  function seal(): void {
    if (filling) sealed.push(filling);
    filling = undefined;
    used = 0;
  }

  function schedule(): void {
    if (scheduled || inFlight >= IN_FLIGHT) return;
    scheduled = true;
    // At the end of this turn of the event loop, when every socket that had something to say has said it.
    setImmediate(() => {
      scheduled = false;
      if (inFlight >= IN_FLIGHT) return;
      if (sealed.length === 0) seal();
      const batch = sealed.shift();
      if (batch) send(batch);
      if (sealed.length > 0 || filling) schedule();
    });
  }

  function send({ arena, deliveries, waiting }: Batch): void {
    const from = performance.now();
    inFlight++;
    writer.write(arena, deliveries, ({ arena: back, result }) => {
      inFlight--;
      if (back?.byteLength === ARENA_BYTES && spares.length < SPARE_ARENAS) spares.push(back);
      const verdicts = result.kind === "judged" ? result.verdicts : [];
      for (let i = 0; i < waiting.length; i++) settle(waiting[i], verdicts[i]);
      onBatch({
        deliveries: deliveries.length,
        seconds: (performance.now() - from) / 1_000,
        failure: result.kind === "failed" ? result.reason : undefined,
      });
      if (sealed.length > 0 || filling) schedule();
      else rest();
    });
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
    for (const one of unsettled) if (one.deadline <= now) settle(one, undefined);
    rest();
  }

  return {
    add(delivery, body, { withinMs, settle: settleOne }) {
      const one = { settle: settleOne, deadline: performance.now() + withinMs };
      unsettled.add(one);
      patrol ??= setInterval(giveUpLate, PATROL_MS);
      const own = body.own();
      if (own) sealed.push({ arena: own, deliveries: [delivery], waiting: [one] });
      else {
        if (used + delivery.bytes > ARENA_BYTES) seal();
        filling ??= { arena: spares.pop() ?? new ArrayBuffer(ARENA_BYTES), deliveries: [], waiting: [] };
        used = body.copyTo(new Uint8Array(filling.arena), used);
        filling.deliveries.push(delivery);
        filling.waiting.push(one);
      }
      schedule();
    },
    idle() {
      if (unsettled.size === 0) return Promise.resolve();
      whenIdle ??= Promise.withResolvers();
      return whenIdle.promise;
    },
  };
}
