/** A silent model is taken for stalled after this; vendors send pings well within it. */
export const STALL_MS = 120_000;

/** Signs of life of a connection: its bytes, those of pings and comments too, which no event comes of. */
export type Pulse = { atMs: number; fetch: typeof fetch };

/** A pulse whose `fetch` takes every byte of a body for one. For one call of a vendor. */
export function newPulse(send: typeof fetch = fetch): Pulse {
  const pulse: Pulse = {
    atMs: performance.now(),
    async fetch(input, init) {
      const response = await send(input, init);
      pulse.atMs = performance.now();
      if (response.body === null) return response;
      const heard = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          pulse.atMs = performance.now();
          controller.enqueue(chunk);
        },
      });
      const { status, statusText, headers } = response;
      return new Response(response.body.pipeThrough(heard), { status, statusText, headers });
    },
  };
  return pulse;
}

class StallTimeout extends Error {}

/** Far more than the longest answer, which some formats repeat four times; a server that goes on does not mean to stop. */
export const ANSWER_BYTES = 64 * 1024 * 1024;

export class EndlessAnswer extends Error {
  constructor() {
    super(`The answer was larger than ${ANSWER_BYTES / 1024 ** 2} MB.`);
  }
}

/**
 * Passes items through and gives up when nothing comes for `stallMs`, neither an item nor a byte, or they do not end. `abort` must end the source; it is
 * called when we stall and when the consumer leaves early, so no connection outlives its reader.
 */
export async function* watch<T>(
  source: AsyncIterable<T>,
  options: { stallMs: number; abort: () => void; pulse?: Pulse },
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let done = false;
  let bytes = 0;
  try {
    for (;;) {
      const next = await within(iterator.next(), options.stallMs, options.pulse);
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

/** Rejects with StallTimeout when `promise` takes longer, counted from the last sign of life where there is a pulse. */
export async function within<T>(promise: Promise<T>, ms: number, pulse?: Pulse): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    const look = () => {
      const silentMs = pulse === undefined ? ms : performance.now() - pulse.atMs;
      if (silentMs >= ms) reject(new StallTimeout(`nothing came for ${ms} ms`));
      else timer = setTimeout(look, Math.ceil(ms - silentMs));
    };
    timer = setTimeout(look, ms);
  });
  try {
    return await Promise.race([promise, stalled]);
  } finally {
    clearTimeout(timer);
  }
}
