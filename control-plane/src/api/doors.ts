import type { Grant } from "./rates.ts";

const MOST = 10_000;

/** Who was refused for asking too often, and until when. */
export type Doors = {
  /** The refusal that still holds, with what is left to wait. */
  isShut(caller: string): Grant | undefined;
  shut(caller: string, refused: Grant): void;
};

/**
 * Lets a server tell a flood again what it told it before, without asking the database who it is: a refusal
 * that costs as much as an answer would let one caller slow down all others. A key that is revoked while its
 * door is shut hears of the limit first, for a window of the rate at most.
 */
export function createDoors(now: () => number): Doors {
  const shut = new Map<string, { until: number; refused: Grant }>();
  return {
    isShut(caller) {
      const door = shut.get(caller);
      if (door === undefined) return undefined;
      const left = door.until - now();
      if (left > 0) return { ...door.refused, waitS: Math.ceil(left / 1_000) };
      shut.delete(caller);
      return undefined;
    },
    shut(caller, refused) {
      const [oldest] = shut.keys();
      if (shut.size >= MOST && oldest !== undefined) shut.delete(oldest);
      shut.set(caller, { until: now() + refused.waitS * 1_000, refused });
    },
  };
}
