import type { Pieces } from "../body.ts";
import { createFilling, type Sealed } from "./filling.ts";
import { packLarge } from "./pack.ts";
import { createPledges, type Pledge, type Settle } from "./pledges.ts";
import type { Batch, Delivery } from "./store.ts";
import { createTurn } from "./turn.ts";

export interface Committer {
  /** `settle` is called exactly once, within `withinMs` and a patrol. The pieces are eaten up. */
  add(delivery: Delivery, pieces: Pieces, options: { withinMs: number; settle: Settle }): void;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

/** One is written while the next one fills; more would only make them smaller. */
export const IN_FLIGHT = 2;

/**
 * Group commit: what arrives while batches are on their way waits and goes together. Callbacks instead of promises,
 * because with many together what each one leaves behind costs more than the transaction.
 * @param commit makes a batch durable or throws
 */
export function createCommitter(commit: (batch: Batch) => Promise<void>): Committer {
  const filling = createFilling();
  const pledges = createPledges();
  /** Packed, and waiting to go. */
  const sealed: Sealed[] = [];
  let inFlight = 0;
  const turn = createTurn({ size: filling.size, waiting: pledges.count, send });

  function seal(): void {
    const batch = filling.seal();
    if (batch !== undefined) sealed.push(batch);
  }

  /** @returns whether anything went */
  function send(): boolean {
    let sent = false;
    while (inFlight < IN_FLIGHT) {
      const batch = sealed.shift() ?? filling.seal();
      if (batch === undefined) break;
      sent = true;
      void flush(batch);
    }
    return sent;
  }

  async function flush({ pledges: waiting, ...batch }: Sealed): Promise<void> {
    inFlight++;
    // A failure is reported by `commit`; here it only means that nobody gets a promise.
    const stored = await commit(batch).then(
      () => true,
      () => false,
    );
    inFlight--;
    for (const pledge of waiting) pledges.keep(pledge, stored);
    if (sealed.length > 0 || filling.size() > 0) turn.ask();
    else pledges.rest();
  }

  async function addLarge(
    delivery: Delivery,
    pieces: AsyncIterable<Uint8Array>,
    pledge: Pledge,
  ): Promise<void> {
    // No memory for it: GitHub is told to send it again.
    const body = await packLarge(pieces).catch(() => undefined);
    if (body === undefined) {
      pledges.keep(pledge, false);
      return pledges.rest();
    }
    sealed.push({ deliveries: [delivery], pledges: [pledge], body });
    turn.ask();
  }

  return {
    add(delivery, pieces, { withinMs, settle }) {
      const pledge = pledges.make(settle, withinMs);
      // What came through a file travels alone.
      if (!Array.isArray(pieces)) return void addLarge(delivery, pieces, pledge);
      if (!filling.hasRoom(delivery)) seal();
      filling.add(delivery, pieces, pledge);
      turn.ask();
    },
    idle: pledges.idle,
  };
}
