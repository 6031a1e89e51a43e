/**
 * A process that can be killed in the middle of a call to the outside: the call is made or not, and in either case
 * nobody hears the answer. What hung so never goes on.
 */
export type Mortal = {
  /** The same, as the process sees it while it lives. */
  wrap<T extends object>(port: T): T;
  /** From now on the nth call from here is its last. @param after whether the call is still made */
  dieAt(nth: number, after: boolean): void;
  died: Promise<void>;
};

export function createMortal(): Mortal {
  const death = Promise.withResolvers<void>();
  const end = { in: Number.POSITIVE_INFINITY, after: false, dead: false };
  const never = new Promise<never>(() => {});

  async function call<T>(work: () => Promise<T>): Promise<T> {
    if (end.dead) return never;
    end.in -= 1;
    if (end.in > 0) return work();
    end.dead = true;
    if (end.after) await work().catch(() => undefined);
    death.resolve();
    return never;
  }

  return {
    wrap<T extends object>(port: T): T {
      return new Proxy(port, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]) => call(() => Reflect.apply(value, target, given));
        },
      });
    },
    dieAt(nth, after) {
      end.in = nth;
      end.after = after;
    },
    died: death.promise,
  };
}
