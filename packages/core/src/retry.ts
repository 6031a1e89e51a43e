import type { FailureReason } from "./attempt.ts";
import { LIMITS } from "./limits.ts";

export type RetryDecision = { kind: "retry"; delayMs: number } | { kind: "give-up"; reason: FailureReason };

/** Only these may pass by themselves; all else would fail the same way again and cost again. */
const PASSING: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "runner_lost",
  "runner_never_started",
  "model_unavailable",
]);

/** Whether another attempt may fare better although nobody changed anything. */
export function mayPass(reason: FailureReason): boolean {
  return PASSING.has(reason);
}

/** @param lostBefore attempts since a person last spoke that ended for a passing reason, without this one */
export function decideRetry(input: { reason: FailureReason; lostBefore: number }): RetryDecision {
  if (!mayPass(input.reason)) return { kind: "give-up", reason: input.reason };
  if (input.lostBefore >= LIMITS.lostRetries) return { kind: "give-up", reason: input.reason };
  return { kind: "retry", delayMs: input.lostBefore * 5_000 };
}
