/** What clouds do to their customers. Each happens `times` times (once when left out), to the first it fits. */
export type Fault = { times?: number } & (
  | { kind: "capacity"; serverType?: string; location?: string }
  | { kind: "slow-create"; ms: number }
  /** The work is done, and the connection ends without an answer. */
  | { kind: "lost-answer"; method: "post" | "delete" }
  | { kind: "rate-limited" }
  | { kind: "unavailable" }
  /** It runs, but nothing in it ever does. */
  | { kind: "never-boots" }
  /** It and its disk are gone from one moment to the next. */
  | { kind: "vanishes"; afterMs: number }
  /** The deletion is promised, fails later, and the server stays. */
  | { kind: "comes-back" }
);

export type Faults = {
  add(fault: Fault): void;
  clear(): void;
  /** Uses up one that fits. */
  take<K extends Fault["kind"]>(
    kind: K,
    fits?: (fault: Extract<Fault, { kind: K }>) => boolean,
  ): Extract<Fault, { kind: K }> | undefined;
};

export function createFaults(): Faults {
  const waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void waiting.push({ fault, left: fault.times ?? 1 }),
    clear: () => void waiting.splice(0),
    take(kind, fits = () => true) {
      const index = waiting.findIndex(({ fault }) => fault.kind === kind && fits(fault as never));
      const entry = waiting[index];
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left === 0) waiting.splice(index, 1);
      return entry.fault as never;
    },
  };
}
