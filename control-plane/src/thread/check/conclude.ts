import { checksPassed, type Evidence, sumTests, type TaskState } from "@aicd/core";
import type { CheckStanding } from "@aicd/github";

export type CheckFacts = {
  state: TaskState;
  /** Of the task, from one. */
  round: number;
  /** The change at the head. Undefined: the newest commit is not ours. */
  change: { evidence: Evidence; partial: boolean } | undefined;
};

/** In one line: what the check run says of the head, and what stands there while nothing can be said. */
export type Conclusion = { standing: CheckStanding; title: string };

const WAITS: Partial<Record<TaskState, (round: number) => string>> = {
  AWAITING_APPROVAL: () => "A plan waits for approval",
  NEEDS_INPUT: () => "A question waits for its answer",
  BLOCKED: (round) => `Round ${round} is stopped by the policy`,
  FAILED: (round) => `Round ${round} failed`,
};

/**
 * What our check run concludes. Green only where the repository's own checks ran on this very change and passed;
 * red only where they broke by it; where a person has to act it says so, and all else is information, which stands
 * in nobody's way.
 */
export function concludeCheck({ state, round, change }: CheckFacts): Conclusion {
  if (state === "QUEUED") return { standing: { status: "queued" }, title: `Round ${round} is queued` };
  const waits = WAITS[state];
  if (waits !== undefined) return done("action_required", waits(round));
  switch (state) {
    case "PR_OPEN":
    case "MERGED":
      return change === undefined ? done("neutral", NOT_OURS) : concludeChange(change);
    case "CLOSED":
      return done("neutral", "Closed without merging");
    case "CANCELLED":
      return done("neutral", "Cancelled");
    default:
      return { standing: { status: "in_progress" }, title: `Round ${round} is at work` };
  }
}

const NOT_OURS = "The newest commit is not AI-CD's";

function concludeChange({ evidence, partial }: NonNullable<CheckFacts["change"]>): Conclusion {
  if (partial) return done("neutral", "Unfinished work");
  const { after, testChanges, weakened = [] } = evidence;
  if (after.length === 0) return done("neutral", "No checks ran, so nothing is proven");
  const broken = testChanges?.broken ?? [];
  if (broken.length > 0) return done("failure", `${count(broken.length, "test")} fail that did not before`);
  const newlyRed = after.filter(
    (run) => run.exitCode !== null && run.exitCode !== 0 && wasGreen(evidence, run),
  );
  if (newlyRed.length > 0)
    return done("failure", `${count(newlyRed.length, "check")} passed before and fail now`);
  if (after.some(({ exitCode }) => exitCode === null))
    return done("neutral", "A check was stopped before its end");
  if (!checksPassed(after)) return done("neutral", "Checks fail, as they did before");
  if (weakened.length > 0) return done("neutral", "Checks pass, but tests or checks were weakened");
  return done("success", `Checks pass${tally(evidence)}`);
}

function wasGreen({ before }: Evidence, { command }: Evidence["after"][number]): boolean {
  return before.some((run) => run.command === command && run.exitCode === 0);
}

function tally({ after, testChanges }: Evidence): string {
  const tests = sumTests(after);
  if (tests === null) return "";
  const fixed = testChanges?.fixed.length ?? 0;
  const added = testChanges?.added.length ?? 0;
  return [
    `: ${count(tests.passed, "test")}`,
    ...(fixed > 0 ? [`${fixed} mended`] : []),
    ...(added > 0 ? [`${added} new`] : []),
  ].join(", ");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function done(
  conclusion: Extract<CheckStanding, { status: "completed" }>["conclusion"],
  title: string,
): Conclusion {
  return { standing: { status: "completed", conclusion }, title };
}
