import { retryAfterOf } from "./problem.ts";

/** What came besides the data. */
export type ResponseInfo = {
  status: number;
  headers: Headers;
  /** To be given as `ifMatch`, so that nothing is written over that was not seen. */
  etag: string | undefined;
  requestId: string | undefined;
  /** Requests left and when there will be more, where the server says so. */
  rateLimit: { remaining: number; resetMs: number } | undefined;
  /** This very write was made before, with the same idempotency key. */
  replayed: boolean;
};

export type Answer<T> = { data: T; response: ResponseInfo };

/** The rows of a list; nothing for what is none. */
type RowsOf<T> = T extends { items: readonly (infer Row)[]; next: string | null } ? Row : never;

/** A promise of the data; with `withResponse()` of what came besides; a list walks through all its pages. */
export type ApiPromise<T> = Promise<T> & { withResponse(): Promise<Answer<T>> } & ([RowsOf<T>] extends [never]
    ? unknown
    : AsyncIterable<RowsOf<T>>);

type Page = { items: unknown[]; next: string | null };

/** @param page asks for the page behind a cursor */
export function toApiPromise<T>(
  answered: Promise<Answer<T>>,
  page: (cursor: string) => Promise<Answer<T>>,
): ApiPromise<T> {
  const data = answered.then((answer) => answer.data);
  async function* rows(): AsyncGenerator<unknown, void> {
    let { items, next } = (await data) as Page;
    for (;;) {
      yield* items;
      if (next === null) return;
      ({ items, next } = (await page(next)).data as Page);
    }
  }
  const withResponse = () => {
    // Whoever asks for both hears of a failure by the other.
    data.catch(() => undefined);
    return answered;
  };
  const more = { withResponse, [Symbol.asyncIterator]: rows };
  return Object.assign(data, more) as unknown as ApiPromise<T>;
}

export function responseInfo({ status, headers }: Response): ResponseInfo {
  const remaining = /;\s*r=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
  const resets = /;\s*t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1] ?? null;
  return {
    status,
    headers,
    etag: headers.get("etag") ?? undefined,
    requestId: headers.get("x-request-id") ?? undefined,
    rateLimit:
      remaining === undefined
        ? undefined
        : { remaining: Number(remaining), resetMs: retryAfterOf(resets) ?? 0 },
    replayed: headers.get("idempotency-replayed") === "true",
  };
}
