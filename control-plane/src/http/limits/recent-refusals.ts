import type { Grant } from "./rates.ts";

const MOST = 10_000;

/** Who was refused for asking too often, and until when. */
export type RecentRefusals = {
  /** The refusal that still holds, with what is left to wait. */
  stillHolding(caller: string): Grant | undefined;
  note(caller: string, refused: Grant): void;
};

/**
 * Lets a server tell a flood again what it told it before, without asking the database who it is: a refusal
 * that costs as much as an answer would let one caller slow down all others. A key that is revoked while its
 * refusal holds hears of the limit first, for a window of the rate at most.
 */
export function createRecentRefusals(now: () => number): RecentRefusals {
  const refusals = new Map<string, { until: number; refused: Grant }>();
  return {
    stillHolding(caller) {
      const known = refusals.get(caller);
      if (known === undefined) return undefined;
      const left = known.until - now();
      if (left > 0) return { ...known.refused, waitS: Math.ceil(left / 1_000) };
      refusals.delete(caller);
      return undefined;
    },
    note(caller, refused) {
      const [oldest] = refusals.keys();
      if (refusals.size >= MOST && oldest !== undefined) refusals.delete(oldest);
      refusals.set(caller, { until: now() + refused.waitS * 1_000, refused });
    },
  };
}
