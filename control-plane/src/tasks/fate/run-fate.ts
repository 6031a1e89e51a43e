import type { AttemptState, FailureReason } from "@aicd/core";
import type { RunState } from "@aicd/github";

/** What is done about an attempt that did not come, or fell silent. */
export type RunFate =
  /** Its run is there and will get to it: nothing is dispatched beside it. `progress` is for the thread. */
  | { kind: "wait"; progress: string }
  /** A person ended the run; that is their word on the task. */
  | { kind: "cancelled" }
  | { kind: "lost"; reason: FailureReason; detail: string };

/**
 * The fate of a run is asked of GitHub, not guessed from silence: a queue may be longer than our patience, and a
 * second dispatch beside a run that waits would do the work twice.
 * @param run undefined: GitHub knows no such run
 */
export function fateOfRun(attempt: AttemptState, run: RunState | undefined): RunFate {
  const leased = attempt === "leased";
  const reason = leased ? ("runner_lost" as const) : ("runner_never_started" as const);
  if (run === undefined) return { kind: "lost", reason, detail: "GitHub knows no workflow run for it." };
  if (run.status === "completed") {
    if (run.conclusion === "cancelled") return { kind: "cancelled" };
    const end = run.conclusion ?? "unknown";
    return { kind: "lost", reason, detail: `The workflow run ended (${end}) without a result.` };
  }
  if (leased) return { kind: "lost", reason, detail: "No heartbeat arrived within the lease." };
  return {
    kind: "wait",
    progress:
      run.status === "in_progress"
        ? "the workflow run has begun"
        : "waits for a runner of GitHub Actions; the run is queued",
  };
}
