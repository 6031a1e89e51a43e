/** Told once: stored, or not as far as we can promise. */
export type Settle = (stored: boolean) => void;

export interface Pledge {
  readonly settle: Settle;
  readonly deadline: number;
}

export interface Pledges {
  /** Somebody waits for `settle`, and hears "no" when their time is up. */
  make(settle: Settle, withinMs: number): Pledge;
  keep(pledge: Pledge, stored: boolean): void;
  /** Looks whether anybody waits still; when not, the clock stops and `idle` resolves. */
  rest(): void;
  /** How many wait. */
  count(): number;
  /** Resolves when nobody waits any more. */
  idle(): Promise<void>;
}

const PATROL_MS = 500;

/** Who waits to hear that their delivery is stored. One timer for all: one for each would cost more than the rest. */
export function createPledges(): Pledges {
  const open = new Set<Pledge>();
  let patrol: NodeJS.Timeout | undefined;
  let whenIdle: PromiseWithResolvers<void> | undefined;

  function keep(pledge: Pledge, stored: boolean): void {
    if (open.delete(pledge)) pledge.settle(stored); // else its time was up, and it was told so
  }

  function rest(): void {
    if (open.size > 0) return;
    clearInterval(patrol);
    patrol = undefined;
    whenIdle?.resolve();
    whenIdle = undefined;
  }

  function giveUpLate(): void {
    const now = performance.now();
    for (const pledge of open) if (pledge.deadline <= now) keep(pledge, false);
    rest();
  }

  return {
    make(settle, withinMs) {
      const pledge = { settle, deadline: performance.now() + withinMs };
      open.add(pledge);
      patrol ??= setInterval(giveUpLate, PATROL_MS);
      return pledge;
    },
    keep,
    rest,
    count: () => open.size,
    idle() {
      if (open.size === 0) return Promise.resolve();
      whenIdle ??= Promise.withResolvers();
      return whenIdle.promise;
    },
  };
}
