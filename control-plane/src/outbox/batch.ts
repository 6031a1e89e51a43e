/**
 * Group commit: what is added while a flush runs goes into the next one. A lone item goes at once.
 * @param flush handles all items or throws for all of them
 * @returns resolves when the item's flush has
 */
export function createBatch<T>(flush: (items: T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: { items: T[]; done: PromiseWithResolvers<void> } | undefined;
  let flushing = false;

  async function run(): Promise<void> {
    flushing = true;
    for (let batch = waiting; batch; batch = waiting) {
      waiting = undefined;
      await flush(batch.items).then(batch.done.resolve, batch.done.reject);
    }
    flushing = false;
  }

  return function add(item) {
    waiting ??= { items: [], done: Promise.withResolvers() };
    waiting.items.push(item);
    const { done } = waiting;
    if (!flushing) void run();
    return done.promise;
  };
}
