import type { World } from "../world/world.ts";
import { StripeError } from "./errors.ts";

export type Answer = { status: number; body: unknown };
/** An answer under its key, which stays for 24 hours at least. */
export type Kept = { request: string; answer: Answer };

/**
 * @returns what the key was answered with before
 * @throws StripeError 400 when it came with another request: docs.stripe.com/api/idempotent_requests
 */
export function repeated(world: World, key: string, request: string): Answer | undefined {
  const kept = world.idempotent.get(key);
  if (kept === undefined) return undefined;
  if (kept.request === request) return kept.answer;
  throw new StripeError(400, {
    type: "idempotency_error",
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}
