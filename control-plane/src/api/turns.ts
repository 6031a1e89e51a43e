/** A place at work for `of`; resolves when it is its turn. What is returned gives the place back, once. */
export type Turns = { wait(of: string): Promise<() => void> };

type Line = { taken: number; waiting: (() => void)[] };

/**
 * Lets each one have only so many requests at work and keeps the rest of theirs in a line of their own, first
 * come first served. So a burst of one waits for itself, and not everybody else behind it.
 */
export function createTurns(most: number): Turns {
  const lines = new Map<string, Line>();

  function leave(of: string, line: Line): void {
    const next = line.waiting.shift();
    // The place goes over; it is never free in between, so nobody can slip in.
    if (next !== undefined) {
      next();
      return;
    }
    line.taken -= 1;
    if (line.taken === 0) lines.delete(of);
  }

  return {
    async wait(of) {
      const line = lines.get(of) ?? { taken: 0, waiting: [] };
      lines.set(of, line);
      if (line.taken < most) line.taken += 1;
      else await new Promise<void>((resolve) => line.waiting.push(resolve));
      let inside = true;
      return () => {
        if (!inside) return;
        inside = false;
        leave(of, line);
      };
    },
  };
}
