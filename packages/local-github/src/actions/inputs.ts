import { unprocessable } from "../http/errors.ts";
import type { DispatchInput } from "./workflow.ts";

/** What a run gets as inputs: those given, and defaults for the rest. Throws GitHub's 422. */
export function completeInputs(
  known: Record<string, DispatchInput>,
  given: Record<string, unknown>,
): Record<string, string> {
  const unexpected = Object.keys(given).filter((name) => !(name in known));
  if (unexpected.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(known)) {
    const value = given[name] === undefined ? input.default : String(given[name]);
    if (input.required && (value === undefined || value === "")) {
      throw unprocessable(`Required input '${name}' not provided`);
    }
    if (value !== undefined && input.type === "choice" && !input.options.includes(value)) {
      throw unprocessable(`Provided value '${value}' for input '${name}' not in the list of allowed values`);
    }
    inputs[name] = value ?? "";
  }
  return inputs;
}
