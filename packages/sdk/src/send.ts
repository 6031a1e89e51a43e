import { type ApiError, ConnectionError, errorOf } from "./problem.ts";

export type Transport = {
  url: string;
  /** What says who calls. */
  headers: Record<string, string>;
  fetch: typeof fetch;
  /** Ends early, without an error, when the signal aborts. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to 1, for spreading the tries of many clients. */
  random: () => number;
};
export type Limits = {
  /** Tries after the first. */
  maxRetries: number;
  /** Longest time of one try, its answer read; of a stream until it begins. ms */
  timeoutMs: number;
  /** Longest time of all tries and the waits between. ms */
  totalTimeoutMs: number;
};
export type Request = {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
  limits: Limits;
};

const FIRST_DELAY_MS = 250;
/** A server that asks for more is told to the caller instead of waited for. */
const LONGEST_WAIT_MS = 60_000;

/**
 * One request and what `read` makes of its answer, tried again where that is safe: reading always, writing because
 * each write carries an idempotency key.
 * @throws ApiError for a "no", ConnectionError when nobody answers, or the signal's reason
 */
export async function send<T>(
  transport: Transport,
  request: Request,
  read: (answer: Response) => Promise<T>,
): Promise<T> {
  const { signal, limits } = request;
  const endsAt = Date.now() + limits.totalTimeoutMs;
  const init = initOf(transport, request);
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    const left = endsAt - Date.now();
    const tried = await tryOnce(transport, request, { init, ms: Math.min(limits.timeoutMs, left) }, read);
    if (tried.kind === "read") return tried.value;
    const wait = waitOf(tried, attempt, transport.random);
    const isLast = attempt >= limits.maxRetries || !mayPass(tried);
    if (isLast || wait > LONGEST_WAIT_MS || Date.now() + wait >= endsAt) throw tried.error;
    await transport.sleep(wait, signal);
  }
}

type Tried<T> =
  | { kind: "read"; value: T }
  | { kind: "refused"; error: ApiError }
  | { kind: "lost"; error: ConnectionError };

async function tryOnce<T>(
  transport: Transport,
  { path, signal }: Request,
  { init, ms }: { init: RequestInit; ms: number },
  read: (answer: Response) => Promise<T>,
): Promise<Tried<T>> {
  const url = `${transport.url}${path}`;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.max(0, ms));
  const signals = signal === undefined ? [late.signal] : [late.signal, signal];
  try {
    const answer = await transport.fetch(url, { ...init, signal: AbortSignal.any(signals) });
    insistOnAddress(answer, url);
    if (!answer.ok) return { kind: "refused", error: await errorOf(answer) };
    return { kind: "read", value: await read(answer) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ConnectionError) throw error;
    const why = late.signal.aborted ? `did not answer within ${ms / 1_000} s` : "could not be reached";
    return { kind: "lost", error: new ConnectionError(`${transport.url} ${why}.`, { cause: error }) };
  } finally {
    clearTimeout(timer);
  }
}

/** A redirect would carry the token to an address that nobody named. */
function insistOnAddress(answer: Response, url: string): void {
  const isRedirect = answer.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(answer.status);
  if (!isRedirect) return;
  const to = answer.headers.get("location");
  const where = to === null ? "elsewhere" : `to ${new URL(to, url).origin}`;
  throw new ConnectionError(
    `${url} redirects ${where}. Make the client with the address that answers itself.`,
    { isFinal: true },
  );
}

function initOf({ headers: given }: Transport, request: Request): RequestInit {
  const { method, body } = request;
  const headers: Record<string, string> = { ...request.headers, ...given };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET") headers["idempotency-key"] ??= crypto.randomUUID();
  return {
    method,
    headers,
    redirect: "manual",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

function mayPass(tried: Exclude<Tried<unknown>, { kind: "read" }>): boolean {
  if (tried.kind === "lost") return true;
  const { status, type } = tried.error;
  return [408, 429, 500, 502, 503, 504].includes(status) || type === "urn:aicd:problem:request-running";
}

/** Twice as long each time and spread by a quarter, or as long as the server asks. */
function waitOf(
  tried: Exclude<Tried<unknown>, { kind: "read" }>,
  attempt: number,
  random: () => number,
): number {
  const asked = tried.kind === "refused" ? tried.error.retryAfterMs : undefined;
  const own = FIRST_DELAY_MS * 4 ** Math.min(attempt, 3) * (0.75 + random() / 2);
  return Math.max(own, asked ?? 0);
}
