type Words = {
  message: string;
  code?: string;
  param?: string;
  type?: "invalid_request_error" | "card_error" | "idempotency_error" | "api_error";
  decline_code?: string;
};

/** A "no" in Stripe's form: docs.stripe.com/api/errors. */
export class StripeError extends Error {
  readonly status: number;
  readonly words: Words;

  constructor(status: number, words: Words) {
    super(words.message);
    this.status = status;
    this.words = words;
  }

  body(): { error: Words } {
    return { error: { type: "invalid_request_error", ...this.words } };
  }
}

export function missing(kind: string, id: string, param = "id"): StripeError {
  return new StripeError(404, { code: "resource_missing", param, message: `No such ${kind}: '${id}'` });
}

export function invalid(param: string, message: string, code?: string): StripeError {
  return new StripeError(400, { param, message, ...(code === undefined ? {} : { code }) });
}
