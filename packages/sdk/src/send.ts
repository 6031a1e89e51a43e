import { ApiError, problemOf } from "./problem.ts";

export type Transport = {
  url: string;
  /** What says who calls. */
  headers: Record<string, string>;
  fetch: typeof fetch;
  sleep: (ms: number) => Promise<void>;
};
export type Request = {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
};

const DELAYS_MS = [250, 1_000, 4_000];
const LONGEST_WAIT_MS = 60_000;

/**
 * One request, tried again where that is safe: reading always, writing because each write carries an
 * idempotency key.
 * @throws ApiError for the API's "no", or whatever `fetch` throws when nobody answers
 */
export async function send(transport: Transport, request: Request): Promise<Response> {
  const { method, path, body, signal } = request;
  const headers: Record<string, string> = { ...request.headers, ...transport.headers };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET") headers["idempotency-key"] ??= crypto.randomUUID();
  const init: RequestInit = {
    method,
    headers,
    redirect: "error",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  for (let attempt = 0; ; attempt++) {
    const delay = DELAYS_MS[attempt];
    const answer = await transport.fetch(`${transport.url}${path}`, init).catch((error: unknown) => {
      if (delay === undefined || signal?.aborted === true) throw error;
      return undefined;
    });
    if (answer?.ok === true) return answer;
    const problem = answer === undefined ? undefined : await problemOf(answer);
    if (problem !== undefined && (delay === undefined || !mayPass(problem.type))) throw new ApiError(problem);
    const asked = Number(answer?.headers.get("retry-after") ?? 0) * 1_000;
    await transport.sleep(Math.min(LONGEST_WAIT_MS, Math.max(delay ?? 0, asked)));
  }
}

function mayPass(type: string): boolean {
  return /:(?:limited|unavailable|request-running)$/.test(type);
}
