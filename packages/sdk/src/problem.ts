import type { Problem } from "./generated.ts";

/** The API's "no". `type` is stable and may be compared, e.g. `urn:aicd:problem:conflict`. */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  readonly problem: Problem;
  /** HTTP status. */
  readonly status: number;
  readonly type: string;
  /** What to name to whoever runs the server; undefined where something in between answered. */
  readonly requestId: string | undefined;
  /** How long the server asks to wait, in ms; undefined where it asks for nothing. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, about: { requestId?: string; retryAfterMs?: number } = {}) {
    super(problem.detail);
    this.problem = problem;
    this.status = problem.status;
    this.type = problem.type;
    this.requestId = about.requestId;
    this.retryAfterMs = about.retryAfterMs;
  }
}

/** 400, 413, 415, 422: what was sent is not what is taken; `problem.errors` says where. */
export class InvalidRequestError extends ApiError {
  override readonly name = "InvalidRequestError";
}
/** 401: no token, or one that does not count any more. */
export class AuthenticationError extends ApiError {
  override readonly name = "AuthenticationError";
}
/** 403: the token may not do this. */
export class PermissionError extends ApiError {
  override readonly name = "PermissionError";
}
/** 404, 410: it is not there, or not for this token. */
export class NotFoundError extends ApiError {
  override readonly name = "NotFoundError";
}
/** 409, 412, 428: it is not as it was thought to be. */
export class ConflictError extends ApiError {
  override readonly name = "ConflictError";
}
/** 429, after all tries, or at once where the wait asked for is long. */
export class RateLimitError extends ApiError {
  override readonly name = "RateLimitError";
}
/** 408 and 5xx, after all tries. */
export class ServerError extends ApiError {
  override readonly name = "ServerError";
}

/** No answer, after all tries: nobody is there, it took too long, or the address is another. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** Trying again would not help. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal = false, ...options }: ErrorOptions & { isFinal?: boolean } = {}) {
    super(message, options);
    this.isFinal = isFinal;
  }
}

const BY_STATUS: Record<number, typeof ApiError> = {
  400: InvalidRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  408: ServerError,
  409: ConflictError,
  410: NotFoundError,
  412: ConflictError,
  413: InvalidRequestError,
  415: InvalidRequestError,
  422: InvalidRequestError,
  428: ConflictError,
  429: RateLimitError,
};

/** What an answer says that is not a success; something in between may have answered in our place. */
export async function errorOf(answer: Response): Promise<ApiError> {
  const { status, headers } = answer;
  const requestId = headers.get("x-request-id");
  const retryAfterMs = retryAfterOf(headers.get("retry-after"));
  const problem = parse(await answer.text(), answer);
  const Kind = BY_STATUS[status] ?? (status >= 500 ? ServerError : ApiError);
  return new Kind(problem, {
    ...(requestId === null ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function parse(text: string, { status, headers }: Response): Problem {
  if (headers.get("content-type")?.startsWith("application/problem+json") === true) {
    try {
      return JSON.parse(text) as Problem;
    } catch {
      // Cut on its way: then the status is all that is known.
    }
  }
  return {
    type: status >= 500 ? "urn:aicd:problem:unavailable" : "urn:aicd:problem:invalid",
    title: "Something other than AI-CD answered",
    status,
    detail: `The address answered ${status}: ${text.slice(0, 200)}`,
    instance: `urn:aicd:request:${headers.get("x-request-id") ?? "unknown"}`,
  };
}

/** `Retry-After` in either of its forms (RFC 9110, 10.2.3), as ms from now. */
export function retryAfterOf(value: string | null, now = Date.now()): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
