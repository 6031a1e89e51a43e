import { AicdError, type ErrorKind } from "../errors.ts";

/** The kinds of errors as both vendors' programs know them, so that each reacts as it would to its vendor. */
const VENDORS_WORDS: Partial<Record<ErrorKind, string>> = {
  invalid: "invalid_request_error",
  unauthenticated: "authentication_error",
  forbidden: "permission_error",
  missing: "not_found_error",
  too_large: "request_too_large",
  exhausted: "billing_error",
  limited: "rate_limit_error",
};

export type ModelProblem = {
  type: "error";
  error: { type: string; code: string; message: string };
};

/** An error as vendors say it: `type` for Anthropic's programs, `error` for all. */
export function modelProblem(kind: ErrorKind, message: string): ModelProblem {
  return {
    type: "error",
    error: { type: VENDORS_WORDS[kind] ?? "api_error", code: `aicd_${kind}`, message },
  };
}

/**
 * Refuses a model that nobody agreed on, by its name and with those that were: never as a matter of keys.
 *
 * @throws AicdError `invalid`
 */
export function insistOnModel(model: string, agreed: readonly string[]): void {
  if (agreed.includes(model)) return;
  const names = [...new Set(agreed)].map((name) => `\`${name}\``).join(", ");
  throw new AicdError(
    "invalid",
    `The model \`${model.slice(0, 100)}\` was not agreed on for this task. ${names === "" ? "None was, at this vendor." : `Agreed on: ${names}.`} Name another in .github/aicd.yml.`,
  );
}
