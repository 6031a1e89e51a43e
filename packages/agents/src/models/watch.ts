/** A silent model is taken for stalled after this; vendors send pings well within it. */
export const STALL_MS = 120_000;

export class StallTimeout extends Error {}

/**
 * Passes items through and gives up when none comes for `stallMs`. `abort` must end the source; it is
 * called when we stall and when the consumer leaves early, so no connection outlives its reader.
 */
export async function* watch<T>(
  source: AsyncIterable<T>,
  options: { stallMs: number; abort: () => void },
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let done = false;
  try {
    for (;;) {
      const next = await within(iterator.next(), options.stallMs);
      if (next.done === true) {
        done = true;
        return;
      }
      yield next.value;
    }
  } finally {
    if (!done) options.abort();
  }
}

/** Rejects with StallTimeout when `promise` takes longer. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StallTimeout(`nothing came for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, stalled]);
  } finally {
    clearTimeout(timer);
  }
}
