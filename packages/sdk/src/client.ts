import { OPERATIONS, type Operations } from "./generated.ts";
import { type Request, send, type Transport } from "./send.ts";
import { readEvents, readLines } from "./stream.ts";

type Name = keyof Operations;
type Streamed = {
  [K in Name]: (typeof OPERATIONS)[K]["media"] extends "text/event-stream" | "application/x-ndjson"
    ? K
    : never;
}[Name];

export type CallOptions = {
  signal?: AbortSignal;
  /** Names the write, so that a program that starts again does not write again. Made up when left out. */
  idempotencyKey?: string;
  /** Write only if what is there still has this ETag. */
  ifMatch?: string;
};

/** One method for each operation of the API. Those that stream give their parts as they come. */
export type Client = {
  [K in Name]: (
    ...args: Record<never, never> extends Operations[K]["input"]
      ? [input?: Operations[K]["input"], options?: CallOptions]
      : [input: Operations[K]["input"], options?: CallOptions]
  ) => K extends Streamed ? AsyncGenerator<Operations[K]["output"], void> : Promise<Operations[K]["output"]>;
};

type Row = { method: string; path: string; query: readonly string[]; media: string | null };

/**
 * The API as methods. Requests are tried again while the server is busy or away; what it refuses comes
 * as `ApiError`.
 */
export function createClient(options: {
  /** Root of the server, e.g. `https://aicd.example.com`. */
  url: string;
  /** API key, or the access token of a sign-in. Left out by our own pages: their cookie says who calls. */
  token?: string;
  /** Sent with every request, e.g. the token that a cookie's writes need. */
  headers?: Record<string, string>;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
}): Client {
  const transport: Transport = {
    url: options.url.replace(/\/$/, ""),
    headers: {
      ...options.headers,
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    // Called as a method of anything else, a browser's own refuses to work.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    sleep: options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
  };
  const methods = Object.entries(OPERATIONS).map(([name, row]) => [
    name,
    (input: Record<string, unknown> = {}, given: CallOptions = {}) => call(transport, row, input, given),
  ]);
  return Object.fromEntries(methods) as Client;
}

/** Every row of a list, page after page. */
export async function* each<T>(
  list: (input: { cursor?: string }) => Promise<{ items: T[]; next: string | null }>,
): AsyncGenerator<T, void> {
  let cursor: string | undefined;
  do {
    const page = await list(cursor === undefined ? {} : { cursor });
    yield* page.items;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

function call(
  transport: Transport,
  row: Row,
  input: Record<string, unknown>,
  options: CallOptions,
): Promise<unknown> | AsyncGenerator<unknown, void> {
  const request: Request = {
    method: row.method,
    path: addressOf(row, input),
    headers: {
      ...(options.idempotencyKey === undefined ? {} : { "idempotency-key": options.idempotencyKey }),
      ...(options.ifMatch === undefined ? {} : { "if-match": options.ifMatch }),
    },
    signal: options.signal,
    ...(input.body === undefined ? {} : { body: input.body }),
  };
  if (row.media === "text/event-stream") return readEvents(transport, request);
  if (row.media === "application/x-ndjson") return lines(transport, request);
  if (row.media === "text/x-patch") return send(transport, request).then((answer) => answer.text());
  return send(transport, request).then((answer) => (answer.status === 204 ? undefined : answer.json()));
}

async function* lines(transport: Transport, request: Request): AsyncGenerator<unknown, void> {
  yield* readLines(await send(transport, request));
}

function addressOf(row: Row, input: Record<string, unknown>): string {
  const path = row.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(String(input[name])),
  );
  const query = new URLSearchParams();
  for (const name of row.query) {
    const value = input[name];
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) query.append(name, String(one));
    }
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
