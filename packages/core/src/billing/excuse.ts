import type { FailureReason } from "../attempt.ts";

/**
 * Whether the model calls of an attempt that ended so are billed: not where the machinery failed (runner, sandbox,
 * vendor, ourselves), and so not for what a retry of ours does again; not where nothing was changed. What the
 * repository, its settings, its checks, a chosen model or a limit that somebody set brought about is billed.
 */
const EXCUSED = {
  runner_lost: true,
  runner_never_started: true,
  dispatch_refused: false,
  budget_exhausted: false,
  time_exhausted: false,
  steps_exhausted: false,
  model_unavailable: true,
  model_rejected: false,
  model_refused: false,
  model_misbehaved: false,
  setup_failed: false,
  checks_failed: false,
  no_changes: true,
  not_approved_by_critic: false,
  policy_blocked: false,
  workspace_broken: false,
  sandbox_unavailable: true,
  agent_unavailable: false,
  settings_invalid: false,
  publishing_failed: false,
  organization_paused: false,
  organization_budget_exhausted: false,
  plan_exhausted: false,
  state_timeout: true,
  internal_error: true,
} as const satisfies Record<FailureReason, boolean>;

/** Why calls are not billed although they cost something. */
export type Excuse = { [R in FailureReason]: (typeof EXCUSED)[R] extends true ? R : never }[FailureReason];

/** Whether what an attempt spent is not billed, because of why it ended. */
export function isExcuse(reason: FailureReason): reason is Excuse {
  return EXCUSED[reason];
}
