/** A silent model is taken for stalled after this; vendors send pings well within it. */
export const STALL_MS = 120_000;

class StallTimeout extends Error {}

/** Far more than the longest answer, which some formats repeat four times; a server that goes on does not mean to stop. */
export const ANSWER_BYTES = 64 * 1024 * 1024;

export class EndlessAnswer extends Error {
  constructor() {
    super(`The answer was larger than ${ANSWER_BYTES / 1024 ** 2} MB.`);
  }
}

/**
 * Passes items through and gives up when none comes for `stallMs` or they do not end. `abort` must end the source; it is
 * called when we stall and when the consumer leaves early, so no connection outlives its reader.
 */
export async function* watch<T>(
  source: AsyncIterable<T>,
  options: { stallMs: number; abort: () => void },
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let done = false;
  let bytes = 0;
  try {
    for (;;) {
      const next = await within(iterator.next(), options.stallMs);
      if (next.done === true) {
        done = true;
        return;
      }
      bytes += JSON.stringify(next.value).length;
      if (bytes > ANSWER_BYTES) throw new EndlessAnswer();
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
