import { type ChangeSet, type CriticVerdict, changeSetDigest, type Evidence, type Finding } from "@aicd/core";
import { isProven } from "../checks/proven.ts";
import { type Attempt, enter, failed } from "./attempt.ts";
import { redacted } from "./plan.ts";
import { receiptsFor } from "./receipts.ts";
import type { Round, Step } from "./round.ts";
import { upload } from "./upload.ts";
import { widenDiff } from "./widen-diff.ts";

/** Uploads the change with its proof, lets the critic judge it, and says how it goes on. */
export async function review(
  attempt: Attempt,
  round: Round,
  work: { changeSet: ChangeSet; evidence: Evidence },
): Promise<Step> {
  const { agent, task, scope, tree, events, grant } = attempt;
  const receipts = receiptsFor(grant.snapshot.review, round.receipts);
  const again = changeSetDigest(work.changeSet);
  if (again === round.rejected) {
    const summary = "The coder was asked to mend these findings and handed in the same change again.";
    const last = decide({ approved: false, summary, findings: round.findings }, 0);
    if (last.kind !== "approve") {
      return failed("not_approved_by_critic", `${summary}\n${listed(round.findings)}`);
    }
    return { kind: "approved", changeSetDigest: again, verdict: last.verdict, receipts };
  }
  const uploaded = await upload(attempt, work);
  if (uploaded.kind === "failed") return uploaded;
  const { digest } = uploaded;

  enter(attempt, "reviewing");
  const { plan } = round;
  const transcript = redacted(round.transcript, attempt.checkRun.redact);
  const kept = transcript === undefined ? {} : { transcript };
  const diff = await tree.diff();
  if (isSpared(attempt, round) && isProven({ ...work, plan, diff })) {
    return { kind: "approved", changeSetDigest: digest, verdict: SPARED, receipts, ...kept };
  }
  const shown = widenDiff(diff, work.changeSet);
  const outcome = await agent.review({ ...task, plan, diff: shown, evidence: work.evidence }, scope);
  scope.signal.throwIfAborted();
  if (outcome.kind === "stopped") {
    const kept = `The change was kept as ${digest.slice(0, 12)}, but nobody has reviewed it.`;
    return failed(outcome.reason, `${outcome.detail} ${kept}`);
  }
  const decision = decide(outcome.verdict, round.reviewsLeft);
  if (decision.kind === "approve") {
    return { kind: "approved", changeSetDigest: digest, verdict: decision.verdict, receipts, ...kept };
  }
  const { findings, summary } = outcome.verdict;
  if (decision.kind === "give-up") {
    return failed("not_approved_by_critic", `${summary}\n${listed(findings)}`);
  }
  events.add({ type: "review.rejected", changeSetDigest: digest, findings, summary });
  await events.flush();
  return {
    kind: "again",
    round: { ...round, findings, rejected: digest, reviewsLeft: round.reviewsLeft - 1 },
  };
}

/** What the critic has doubted once, and what people have reviewed, it judges again. */
function isSpared({ grant }: Attempt, { rejected, warned }: Round): boolean {
  const { settings, phase } = grant;
  return settings.review === "unproven" && phase !== "revise" && rejected === undefined && !warned;
}

const SPARED: CriticVerdict = {
  approved: true,
  summary:
    "No critic was asked: the change is small and as planned, its new tests fail without it, and with it all checks pass. `review: always` in `.github/aicd.yml` asks one all the same.",
  findings: [],
};

type Decision = { kind: "approve"; verdict: CriticVerdict } | { kind: "send-back" } | { kind: "give-up" };

/**
 * A rejection without a word of what is wrong cannot be acted on, so it counts like minor findings. After
 * the last round what stays open goes into the draft pull request, for a person to decide; a blocker
 * (wrong results, data loss, security) is never proposed.
 */
export function decide(verdict: CriticVerdict, reviewsLeft: number): Decision {
  if (verdict.approved) return { kind: "approve", verdict };
  const { findings } = verdict;
  if (reviewsLeft > 0 && findings.length > 0) return { kind: "send-back" };
  if (findings.some(({ severity }) => severity === "blocker")) return { kind: "give-up" };
  const isOpen = findings.some(({ severity }) => severity === "major");
  const summary = isOpen ? `${OPEN}\n\n${verdict.summary}`.slice(0, SUMMARY_CHARACTERS) : verdict.summary;
  return { kind: "approve", verdict: { ...verdict, approved: true, summary } };
}

const OPEN = "The critic did not agree within its rounds. What it still finds is listed here and is open.";
const SUMMARY_CHARACTERS = 4_000;

function listed(findings: Finding[]): string {
  return findings.map((finding) => `- [${finding.severity}] ${finding.path ?? ""} ${finding.why}`).join("\n");
}
