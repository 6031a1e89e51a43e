/** What GraphQL says in words, beside a 200. Words that are not here have no number of their own. */
const BY_TYPE: ReadonlyMap<string, number> = new Map([
  ["NOT_FOUND", 404],
  ["FORBIDDEN", 403],
  ["INSUFFICIENT_SCOPES", 403],
  /** The head is not the one that was expected. */
  ["STALE_DATA", 409],
  ["UNPROCESSABLE", 422],
  ["RATE_LIMITED", 429],
  ["SERVICE_UNAVAILABLE", 503],
]);

/** Errors of the clients, by REST, by GraphQL, and of the throttling plugin when it gives up. */
type Failure = {
  status?: unknown;
  message?: unknown;
  errors?: { type?: unknown }[];
  response?: { headers?: Record<string, unknown>; data?: { errors?: { type?: unknown }[] } };
};

/**
 * The status by which GitHub refused, whichever way it was asked. A 403 that counts calls is the 429 it
 * means: it says nothing about what was asked, only to come back later.
 * @returns undefined when no answer came, or one without a number
 */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const failure = error as Failure;
  if (typeof failure.status === "number") {
    return failure.status === 403 && countsCalls(failure) ? 429 : failure.status;
  }
  const errors = failure.errors ?? failure.response?.data?.errors ?? [];
  for (const { type } of Array.isArray(errors) ? errors : []) {
    const status = BY_TYPE.get(String(type));
    if (status !== undefined) return status;
  }
  return undefined;
}

export function isStatus(error: unknown, status: number): boolean {
  return statusOf(error) === status;
}

/** GitHub's two limits answer 403 as often as 429; this is how its documents tell them from a refusal. */
function countsCalls({ message, response }: Failure): boolean {
  const headers = response?.headers ?? {};
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /\bsecondary rate limit|\babuse detection/i.test(String(message))
  );
}
