import { type AgentScope, LIMITS, type Stopped } from "@aicd/core";

/** Hard ends of a loop, looked at before each step; a model call may overshoot by itself only. */
export function stopOfBudget({ budget, signal, now }: AgentScope, step: number): Stopped | undefined {
  if (signal.aborted) return stopped("time_exhausted", "The work was stopped from outside.");
  if (now() >= budget.deadlineMs) return stopped("time_exhausted", "The time for this work is used up.");
  if (step >= budget.maxSteps) return stopped("steps_exhausted", `All ${budget.maxSteps} steps are used up.`);
  if (budget.spentMicroUsd() < budget.limitMicroUsd) return undefined;
  return stopped("budget_exhausted", "The budget for this work is used up.");
}

/** Fires when the work is stopped from outside and when its time is up, so that no answer is waited for longer. */
export function untilDeadline({ budget, signal, now }: AgentScope): AbortSignal {
  const leftMs = Math.min(Math.max(0, budget.deadlineMs - now()), LONGEST_TIMER_MS);
  return AbortSignal.any([signal, AbortSignal.timeout(Math.floor(leftMs))]);
}

/** What a timer can count; later deadlines are looked at between steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The words that tell a model to come to an end, once money, steps or time are nearly gone. */
export function wrapUp(scope: AgentScope, at: { step: number; startedMs: number }): string | undefined {
  const { budget, now } = scope;
  const share = Math.max(
    budget.spentMicroUsd() / budget.limitMicroUsd,
    at.step / budget.maxSteps,
    (now() - at.startedMs) / (budget.deadlineMs - at.startedMs),
  );
  if (!(share >= LIMITS.wrapUpShare)) return undefined;
  return "Most of the budget for this work is used. Wrap up now: finish what you have begun, leave the tree in a working state, and call the finish tool.";
}

function stopped(reason: Stopped["reason"], detail: string): Stopped {
  return { kind: "stopped", reason, detail };
}
