/** kind → what the edges make of it. `sentence` is the opening words for a person. */
export const ERROR_KINDS = {
  invalid: { status: 400, retryable: false, sentence: "The request is not valid" },
  unauthenticated: { status: 401, retryable: false, sentence: "The caller could not be identified" },
  forbidden: { status: 403, retryable: false, sentence: "This is not permitted" },
  missing: { status: 404, retryable: false, sentence: "Nothing was found" },
  conflict: { status: 409, retryable: false, sentence: "Somebody else was first" },
  too_large: { status: 413, retryable: false, sentence: "This is larger than the limit" },
  exhausted: { status: 402, retryable: false, sentence: "The budget is used up" },
  limited: { status: 429, retryable: true, sentence: "Too many requests" },
  unavailable: { status: 503, retryable: true, sentence: "A part of the system is away" },
  broken: { status: 500, retryable: true, sentence: "Something went wrong on our side" },
} as const;

export type ErrorKind = keyof typeof ERROR_KINDS;

export class AicdError extends Error {
  override readonly name = "AicdError";
  readonly kind: ErrorKind;
  readonly retryable: boolean;

  /** @param message what happened, why, and what to do next; safe to show to a person */
  constructor(kind: ErrorKind, message: string, options?: { cause?: unknown; retryable?: boolean }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.retryable = options?.retryable ?? ERROR_KINDS[kind].retryable;
  }
}
