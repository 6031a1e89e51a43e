import { LARGE_BYTES } from "../body.ts";
import { pack } from "./pack.ts";
import type { Pledge } from "./pledges.ts";
import type { Batch, Delivery } from "./store.ts";

/** A batch that is complete, with those who wait for it. */
export type Sealed = Batch & { readonly pledges: readonly Pledge[] };

export interface Filling {
  /** An empty one has room for any delivery up to LARGE_BYTES; larger ones do not come here. */
  hasRoom(delivery: Delivery): boolean;
  /** Copies the pieces. */
  add(delivery: Delivery, pieces: readonly Uint8Array[], pledge: Pledge): void;
  /** Takes out what is in it; undefined when that is nothing. */
  seal(): Sealed | undefined;
  /** Deliveries in it. */
  size(): number;
}

/** Bodies of one batch lie here before they are packed. */
const ARENA_BYTES = 4 * LARGE_BYTES;

/**
 * The batch that fills. Bodies are copied side by side at once, so that their buffers die young: kept until the
 * commit they would outlive the quick collection and cost more than the transaction.
 */
export function createFilling(): Filling {
  const arena = Buffer.allocUnsafeSlow(ARENA_BYTES);
  let used = 0;
  let deliveries: Delivery[] = [];
  let pledges: Pledge[] = [];

  return {
    hasRoom: ({ bytes }) => used + bytes <= ARENA_BYTES,
    add(delivery, pieces, pledge) {
      for (const piece of pieces) {
        arena.set(piece, used);
        used += piece.length;
      }
      deliveries.push(delivery);
      pledges.push(pledge);
    },
    seal() {
      if (deliveries.length === 0) return undefined;
      const sealed = { deliveries, pledges, body: pack(arena.subarray(0, used)) };
      deliveries = [];
      pledges = [];
      used = 0;
      return sealed;
    },
    size: () => deliveries.length,
  };
}
