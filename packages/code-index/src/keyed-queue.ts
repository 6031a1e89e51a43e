import { AicdError } from "@aicd/core";

/** One at a time for each key, in the order they came; a stop ends the one that runs and goes next. */
export function createKeyedQueue() {
  const tails = new Map<string, Promise<unknown>>();
  const running = new Map<string, Set<AbortController>>();

  function line<T>(key: string, work: () => Promise<T>): Promise<T> {
    const next = (tails.get(key) ?? Promise.resolve()).then(work, work);
    const tail = next.catch(() => undefined);
    tails.set(key, tail);
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key);
    });
    return next;
  }

  function abort(key: string): void {
    for (const controller of running.get(key) ?? []) {
      controller.abort(new AicdError("conflict", "The index of this repository was dropped meanwhile."));
    }
  }

  return {
    run<T>(
      key: string,
      signal: AbortSignal | undefined,
      work: (stop: AbortSignal) => Promise<T>,
    ): Promise<T> {
      const controller = new AbortController();
      const stop = signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]);
      const here = running.get(key) ?? new Set();
      running.set(key, here.add(controller));
      return line(key, async () => {
        stop.throwIfAborted();
        return work(stop);
      }).finally(() => {
        here.delete(controller);
        if (here.size === 0 && running.get(key) === here) running.delete(key);
      });
    },
    /** Ends what runs or waits for the key, then does `work`. */
    interrupt<T>(key: string, work: () => Promise<T>): Promise<T> {
      abort(key);
      return line(key, work);
    },
    keys: () => [...new Set([...tails.keys(), ...running.keys()])],
    async close(): Promise<void> {
      for (const key of running.keys()) abort(key);
      await Promise.all(tails.values());
    },
  };
}
