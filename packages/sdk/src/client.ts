import { type Answer, type ApiPromise, responseInfo, toApiPromise } from "./answer.ts";
import { OPERATIONS, type Operations } from "./generated.ts";
import { type Limits, type Request, send, type Transport } from "./send.ts";
import { readEvents, readLines } from "./stream.ts";
import { userAgent } from "./version.ts";

type Name = keyof Operations;
type Streamed = {
  [K in Name]: (typeof OPERATIONS)[K]["media"] extends "text/event-stream" | "application/x-ndjson"
    ? K
    : never;
}[Name];

export type CallOptions = Partial<Limits> & {
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
  ) => K extends Streamed
    ? AsyncGenerator<Operations[K]["output"], void>
    : ApiPromise<Operations[K]["output"]>;
};

type Row = { method: string; path: string; query: readonly string[]; media: string | null };

const LIMITS: Limits = { maxRetries: 3, timeoutMs: 60_000, totalTimeoutMs: 300_000 };

/**
 * The API as methods. Requests are tried again while the server, or what stands before it, is busy or away; what it
 * refuses comes as `ApiError`, and `ConnectionError` says that nobody answered.
 */
export function createClient(
  options: Partial<Limits> & {
    /** Root of the server, e.g. `https://aicd.example.com`. */
    url: string;
    /** API key, or the access token of a sign-in. Left out by our own pages: their cookie says who calls. */
    token?: string;
    /** Sent with every request, e.g. the token that a cookie's writes need. */
    headers?: Record<string, string>;
    fetch?: typeof fetch;
    sleep?: Transport["sleep"];
    random?: () => number;
  },
): Client {
  const transport: Transport = {
    url: options.url.replace(/\/$/, ""),
    headers: {
      ...userAgent(),
      ...options.headers,
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    // Called as a method of anything else, a browser's own refuses to work.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    sleep: options.sleep ?? sleep,
    random: options.random ?? Math.random,
  };
  const limits = limitsOf(options, LIMITS);
  const methods = Object.entries(OPERATIONS).map(([name, row]) => [
    name,
    (input: Record<string, unknown> = {}, given: CallOptions = {}) =>
      call(transport, { ...row, name }, input, { ...given, ...limitsOf(given, limits) }),
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

function limitsOf(given: Partial<Limits>, otherwise: Limits): Limits {
  return {
    maxRetries: given.maxRetries ?? otherwise.maxRetries,
    timeoutMs: given.timeoutMs ?? otherwise.timeoutMs,
    totalTimeoutMs: given.totalTimeoutMs ?? otherwise.totalTimeoutMs,
  };
}

/** Ends early when the signal aborts; who waits looks at it then. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
    if (signal?.aborted === true) done();
  });
}

type NamedRow = Row & { name: string };
type Given = CallOptions & Limits;

function call(
  transport: Transport,
  row: NamedRow,
  input: Record<string, unknown>,
  given: Given,
): ApiPromise<unknown> | AsyncGenerator<unknown, void> {
  if (row.media === "text/event-stream") return events(transport, row, input, given);
  if (row.media === "application/x-ndjson") return lines(transport, row, input, given);
  const ask = async (changed: Record<string, unknown>): Promise<Answer<unknown>> =>
    send(transport, requestOf(row, changed, given), async (answer) => ({
      data: await dataOf(row, answer),
      response: responseInfo(answer),
    }));
  return toApiPromise(ask(input), (cursor) => ask({ ...input, cursor }));
}

async function dataOf({ media }: Row, answer: Response): Promise<unknown> {
  if (answer.status === 204) return undefined;
  if (media === "text/x-patch" || media === "text/csv") return answer.text();
  if (answer.status !== 202) return answer.json();
  // Taken, to be done later: there may be nothing to say yet.
  const text = await answer.text();
  return text === "" ? undefined : JSON.parse(text);
}

async function* events(
  ...[transport, row, input, given]: Parameters<typeof call>
): AsyncGenerator<unknown, void> {
  yield* readEvents(transport, requestOf(row, input, given));
}

async function* lines(
  ...[transport, row, input, given]: Parameters<typeof call>
): AsyncGenerator<unknown, void> {
  yield* readLines(await send(transport, requestOf(row, input, given), async (answer) => answer));
}

function requestOf(row: NamedRow, input: Record<string, unknown>, options: Given): Request {
  const { idempotencyKey, ifMatch, signal } = options;
  return {
    method: row.method,
    path: addressOf(row, input),
    headers: {
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    },
    signal,
    limits: options,
    ...(input.body === undefined ? {} : { body: input.body }),
  };
}

/** @throws TypeError for a part of the address that is not given */
function addressOf(row: NamedRow, input: Record<string, unknown>): string {
  const path = row.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const value = input[name];
    if (value === undefined || value === null || value === "")
      throw new TypeError(`${row.name} needs \`${name}\`, a part of the address ${row.path}.`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const name of row.query) {
    const value = input[name];
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) query.append(name, String(one));
    }
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
