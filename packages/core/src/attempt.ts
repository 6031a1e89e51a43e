/** pending → dispatched → leased → succeeded | failed | lost | cancelled */
export const ATTEMPT_STATES = [
  "pending",
  "dispatched",
  "leased",
  "succeeded",
  "failed",
  "lost",
  "cancelled",
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

export const LIVE_ATTEMPT_STATES = ["pending", "dispatched", "leased"] as const satisfies AttemptState[];

/** What a runner is asked to do. `revise` is coding that starts from an open pull request. */
export const PHASES = ["plan", "code", "revise"] as const;
export type Phase = (typeof PHASES)[number];

/** Why an attempt ended without success. One word for a table, a metric and the thread. */
export const FAILURE_REASONS = [
  "runner_lost",
  "runner_never_started",
  "dispatch_refused",
  "budget_exhausted",
  "time_exhausted",
  "steps_exhausted",
  "model_unavailable",
  "model_rejected",
  "model_refused",
  "model_misbehaved",
  "setup_failed",
  "checks_failed",
  "no_changes",
  "not_approved_by_critic",
  "policy_blocked",
  "workspace_broken",
  "sandbox_unavailable",
  "agent_unavailable",
  "settings_invalid",
  "publishing_failed",
  "organization_paused",
  "organization_budget_exhausted",
  "plan_exhausted",
  "state_timeout",
  "internal_error",
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];
