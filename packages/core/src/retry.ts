import type { FailureReason } from "./attempt.ts";
import { LIMITS } from "./limits.ts";

export type RetryDecision = { kind: "retry"; delayMs: number } | { kind: "give-up"; reason: FailureReason };

/** Only these may pass by themselves; all else would fail the same way again and cost again. */
const PASSING: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "runner_lost",
  "runner_never_started",
  "model_unavailable",
]);

/** @param lostBefore attempts of this phase that already ended this way, without the one at hand */
export function decideRetry(input: { reason: FailureReason; lostBefore: number }): RetryDecision {
  if (!PASSING.has(input.reason)) return { kind: "give-up", reason: input.reason };
  if (input.lostBefore >= LIMITS.lostRetries) return { kind: "give-up", reason: input.reason };
  return { kind: "retry", delayMs: input.lostBefore * 5_000 };
}
