/** Gives a place back. Works once; saying it again changes nothing. */
export type Leave = () => void;

/** So many at work for each key. Which key is whose is the caller's matter: a tenant, a caller, one for all. */
export type KeyedLimit = {
  /** Resolves when it is this one's turn; those of one key go in the order they came. */
  enter(key: string): Promise<Leave>;
  /** Undefined: every place of the key is taken, and the caller had rather hear that than wait. */
  tryEnter(key: string): Leave | undefined;
};

type Line = { taken: number; waiting: (() => void)[] };

/**
 * Bounded parallelism, by key: a burst of one waits for itself, and not everybody else behind it. The one
 * module of this room that counts what is at work.
 */
export function createKeyedLimit(most: number): KeyedLimit {
  const lines = new Map<string, Line>();

  function lineOf(key: string): Line {
    const line = lines.get(key) ?? { taken: 0, waiting: [] };
    lines.set(key, line);
    return line;
  }

  function leaveOnce(key: string, line: Line): Leave {
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const next = line.waiting.shift();
      // The place goes over; it is never free in between, so nobody can slip in.
      if (next !== undefined) return next();
      line.taken -= 1;
      if (line.taken === 0) lines.delete(key);
    };
  }

  return {
    async enter(key) {
      const line = lineOf(key);
      if (line.taken < most) line.taken += 1;
      else await new Promise<void>((resolve) => line.waiting.push(resolve));
      return leaveOnce(key, line);
    },
    tryEnter(key) {
      const line = lineOf(key);
      if (line.taken >= most) return undefined;
      line.taken += 1;
      return leaveOnce(key, line);
    },
  };
}

/** All of `items`, at most `most` at a time, in their order. The first failure is the caller's to hear. */
export async function eachLimited<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const one = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, one));
}
