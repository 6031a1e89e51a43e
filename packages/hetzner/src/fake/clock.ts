/** Time as the fake cloud sees it: the machine's own, or one that moves only when it is told to. */
export type Clock = {
  now(): number;
  /** Does something later; the returned function takes it back. */
  after(ms: number, effect: () => void | Promise<void>): () => void;
};

export type VirtualClock = Clock & {
  /** Moves on, doing what falls due in its order, each thing after the one before it has ended. */
  advance(ms: number): Promise<void>;
};

export function realClock(): Clock & { close(): void } {
  const timers = new Set<NodeJS.Timeout>();
  return {
    now: Date.now,
    after(ms, effect) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        void effect();
      }, ms);
      timers.add(timer);
      return () => {
        clearTimeout(timer);
        timers.delete(timer);
      };
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

type Due = { at: number; order: number; effect: () => void | Promise<void> };

/** @param start milliseconds since 1970 */
export function virtualClock(start: number): VirtualClock {
  let now = start;
  let order = 0;
  const due: Due[] = [];

  function next(until: number): Due | undefined {
    const first = due[0];
    return first !== undefined && first.at <= until ? due.shift() : undefined;
  }

  return {
    now: () => now,
    after(ms, effect) {
      order += 1;
      const entry = { at: now + ms, order, effect };
      const place = due.findIndex((other) => other.at > entry.at);
      due.splice(place < 0 ? due.length : place, 0, entry);
      return () => {
        const index = due.indexOf(entry);
        if (index >= 0) due.splice(index, 1);
      };
    },
    async advance(ms) {
      const until = now + ms;
      for (let entry = next(until); entry !== undefined; entry = next(until)) {
        now = Math.max(now, entry.at);
        await entry.effect();
      }
      now = Math.max(now, until);
    },
  };
}
