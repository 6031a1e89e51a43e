import type { ErrorObject } from "ajv";
import { StripeError } from "../http/errors.ts";
import { validatorOf } from "./schema.ts";
import type { Operation } from "./used.ts";

/**
 * Turns text into what the parameters are described as, in place.
 * @throws StripeError 400 as Stripe words it, for the first parameter that is unknown, missing or no such value
 */
export function checkAsked(
  operation: Operation,
  kind: "body" | "query",
  asked: Record<string, unknown>,
): void {
  const validate = validatorOf(operation, kind);
  if (validate === undefined) {
    const [name] = Object.keys(asked);
    if (name !== undefined) throw unknown(name);
    return;
  }
  if (!validate(asked)) throw refusalOf(validate.errors ?? []);
}

/** How an answer is unlike the description; undefined: it is not. */
export function checkAnswered(operation: Operation, answer: unknown): string | undefined {
  const validate = validatorOf(operation, "answer");
  if (validate === undefined || validate(answer)) return undefined;
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "anyOf");
  return errors
    .slice(0, 4)
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join("; ");
}

function refusalOf(errors: ErrorObject[]): StripeError {
  const of = (keyword: string) => errors.find((error) => error.keyword === keyword);
  const stranger = of("additionalProperties");
  if (stranger !== undefined) return unknown(nameOf(stranger, stranger.params.additionalProperty));
  const missing = of("required");
  if (missing !== undefined) {
    const param = nameOf(missing, missing.params.missingProperty);
    return new StripeError(400, {
      code: "parameter_missing",
      param,
      message: `Missing required param: ${param}.`,
    });
  }
  const wrong = errors.find(({ keyword }) => keyword !== "anyOf") ?? errors[0];
  const param = wrong === undefined ? "" : nameOf(wrong);
  return new StripeError(400, {
    param,
    message: `Invalid ${param}: ${wrong?.message ?? "not such a value"}`,
  });
}

function unknown(param: string): StripeError {
  return new StripeError(400, {
    code: "parameter_unknown",
    param,
    message: `Received unknown parameter: ${param}`,
  });
}

/** `/items/0/price` is `items[0][price]`. */
function nameOf({ instancePath }: ErrorObject, last?: string): string {
  const [first = "", ...rest] = [...instancePath.split("/").slice(1), ...(last === undefined ? [] : [last])];
  return first + rest.map((part) => `[${part}]`).join("");
}
