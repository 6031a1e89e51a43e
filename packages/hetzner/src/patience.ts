/** docs.hetzner.cloud "Rate Limiting": 3,600 requests an hour and project, of which one comes back every second. */
const REFILL_MS = 1_000;
const TRIES = 5;
const FIRST_WAIT_MS = 500;

export type Time = { now: () => number; sleep: (ms: number) => Promise<void> };

/**
 * A fetch that keeps to the cloud's rate limit: with nothing left by the `RateLimit-*` headers it waits for the
 * next request to come back instead of being refused, and a 429 is asked again with doubled waits, up to five
 * times. A 429 was not carried out, so any method may be repeated.
 */
export function patientFetch(
  fetch: typeof globalThis.fetch,
  time: Time,
): (request: Request) => Promise<Response> {
  let left = Number.POSITIVE_INFINITY;
  let seenAt = 0;
  return async function ask(request) {
    for (let tried = 1; ; tried += 1) {
      if (left < 1) await time.sleep(Math.max(0, seenAt + REFILL_MS - time.now()));
      const answer = await fetch(request.clone());
      const remaining = answer.headers.get("ratelimit-remaining");
      if (remaining !== null) [left, seenAt] = [Number(remaining), time.now()];
      if (answer.status !== 429 || tried === TRIES) return answer;
      await answer.body?.cancel();
      await time.sleep(FIRST_WAIT_MS * 2 ** tried);
    }
  };
}
