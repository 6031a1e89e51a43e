import type { CiDecision, FailedCheck } from "@aicd/core";
import { bounded, codeSpan, mention } from "@aicd/github";

const TESTS = 10;

type Told = Exclude<CiDecision, { kind: "pending" | "green" | "person" }>;

/** What was made of red checks, as a comment on the pull request. Logs are not quoted: they stand at their checks. */
export function renderCi(decision: Told, of: { round: number; most: number; asks: string }): string {
  const { round, most, asks } = of;
  switch (decision.kind) {
    case "mend":
      return bounded(
        [
          "### 🔧 CI failed, so I mend it",
          "",
          ...decision.failing.map(lineOf),
          "",
          `This is round ${round} of ${most} that begin by themselves. \`/aicd cancel\` stops it; what it is for is in the code, never in weaker tests.`,
        ].join("\n"),
      );
    case "stop":
      return bounded(
        [
          "### ✋ CI fails, and I stop here",
          "",
          ...decision.failing.map(lineOf),
          "",
          `${mention(asks)}, ${decision.why === "same" ? SAME : lastRound(most)} Submit a review that says what to do, or push to the branch yourself.`,
        ].join("\n"),
      );
    case "excused":
      return bounded(
        [
          "### CI is red, but not by this change",
          "",
          ...decision.flaky.map((name) => `- ${codeSpan(name)} has passed on this very commit: it is flaky`),
          ...decision.onBase.map((name) => `- ${codeSpan(name)} fails like this where the work began, too`),
          "",
          "Nothing is mended for that. Run it again, or submit a review that asks for it.",
        ].join("\n"),
      );
  }
}

const SAME = "the last round was to mend this very failure, and it is as it was.";

function lastRound(most: number): string {
  if (most === 0) return "`ci.rounds: 0` in `.github/aicd.yml` leaves this to people.";
  return `${most === 1 ? "one round has" : `${most} rounds have`} tried to get it green (\`ci.rounds\` in \`.github/aicd.yml\`).`;
}

function lineOf({ name, tests }: FailedCheck): string {
  if (tests.length === 0) return `- ${codeSpan(name)}`;
  const more = tests.length > TESTS ? ` and ${tests.length - TESTS} more` : "";
  return `- ${codeSpan(name)}: ${tests.slice(0, TESTS).map(codeSpan).join(", ")}${more}`;
}
