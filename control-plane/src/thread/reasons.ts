import type { FailureReason } from "@aicd/core";

/** What happened, and what to do next, for every way an attempt can fail. */
export const REASONS: Readonly<Record<FailureReason, { happened: string; next: string }>> = {
  runner_lost: {
    happened: "The runner stopped answering, again and again.",
    next: "Look at the workflow run's log, then `/aicd retry`.",
  },
  runner_never_started: {
    happened: "The workflow was started but no runner took the work.",
    next: "See whether GitHub Actions has free runners, then `/aicd retry`.",
  },
  dispatch_refused: {
    happened: "The workflow could not be started.",
    next: "Mend what is named here, then `/aicd retry`.",
  },
  budget_exhausted: {
    happened: "The budget is used up.",
    next: "`/aicd retry --budget $5` adds five dollars and goes on.",
  },
  time_exhausted: { happened: "The time for one attempt ran out.", next: "`/aicd retry` gives it another." },
  steps_exhausted: {
    happened: "The agent took as many steps as it may without finishing.",
    next: "A smaller issue or a more exact description helps; then `/aicd retry`.",
  },
  model_unavailable: {
    happened: "The model did not answer, however often we asked.",
    next: "`/aicd retry` later.",
  },
  model_rejected: {
    happened: "The model's vendor refused our request, and would refuse it again.",
    next: "Mend what is named below (the model's name is in `.github/aicd.yml`, keys are an admin's or the operator's), then `/aicd retry`, or `/aicd retry --model <other>`.",
  },
  model_refused: {
    happened: "The model declined the task.",
    next: "Say it differently, or `/aicd retry --model <other>`.",
  },
  model_misbehaved: {
    happened: "The model's answers could not be used.",
    next: "`/aicd retry --model <other>` tries another one.",
  },
  setup_failed: {
    happened:
      "The repository could not be prepared, so nothing could have been proven. No coding was paid for.",
    next: "Mend what is named below: a step in `.github/workflows/aicd.yml`, or `setup` and `checks` in `.github/aicd.yml` (with `onSetupFailure: continue` it is worked on all the same). `npm run aicd -- doctor --repo DIR` shows what would run. Then `/aicd retry`.",
  },
  checks_failed: {
    happened: "The repository's checks do not pass with the change.",
    next: "`/aicd explain` shows what was tried; `/aicd retry` starts over.",
  },
  no_changes: {
    happened: "The agent found nothing to change.",
    next: "Say what is missing with `/aicd revise <text>` after `/aicd retry`.",
  },
  not_approved_by_critic: {
    happened: "The change did not pass our own review.",
    next: "The open findings are listed here; `/aicd retry` starts over.",
  },
  policy_blocked: { happened: "The change breaks a rule that nobody may override.", next: "`/aicd retry`." },
  workspace_broken: {
    happened: "The checkout could not be prepared.",
    next: "Mend what is named here, then `/aicd retry`.",
  },
  sandbox_unavailable: {
    happened: "The runner cannot shut the agent in as it must be.",
    next: "Let a step of `.github/workflows/aicd.yml` install bubblewrap, as in the example, then `/aicd retry`. An owner may allow less under Settings in the dashboard.",
  },
  agent_unavailable: {
    happened: "The agent command line that the settings name cannot be started on the runner.",
    next: "Install it in a step of `.github/workflows/aicd.yml`, or choose `agent: model` in `.github/aicd.yml`.",
  },
  settings_invalid: {
    happened: "The settings cannot be read.",
    next: "Mend the file that is named here on the default branch, then `/aicd retry`.",
  },
  publishing_failed: {
    happened: "The finished change could not be published.",
    next: "Mend what is named here, then `/aicd retry`.",
  },
  organization_paused: {
    happened: "The organisation has paused AI-CD.",
    next: "When an owner or admin has ended the pause, `/aicd retry`.",
  },
  organization_budget_exhausted: {
    happened: "What the organisation spends in a month is used up.",
    next: "An owner or admin can raise the monthly budget, or wait for the first of the month; then `/aicd retry`.",
  },
  plan_exhausted: {
    happened: "The organisation's plan lets no more work begin.",
    next: "The task is kept. Somebody who manages payment can mend that under Billing in the dashboard; then `/aicd retry`.",
  },
  state_timeout: { happened: "Nothing moved for too long.", next: "`/aicd retry` starts another attempt." },
  internal_error: { happened: "Something went wrong on our side.", next: "`/aicd retry`; it is logged." },
};
