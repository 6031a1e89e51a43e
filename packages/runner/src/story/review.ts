import { type ChangeSet, type CriticVerdict, changeSetDigest, type Evidence, type Finding } from "@aicd/core";
import { type Attempt, enter, failed } from "./attempt.ts";
import { receiptsFor } from "./receipts.ts";
import type { Round, Step } from "./round.ts";
import { upload } from "./upload.ts";

/** Uploads the change with its proof, lets the critic judge it, and says how it goes on. */
export async function review(
  attempt: Attempt,
  round: Round,
  work: { changeSet: ChangeSet; evidence: Evidence },
): Promise<Step> {
  const { agent, task, scope, tree, events, grant } = attempt;
  if (changeSetDigest(work.changeSet) === round.rejected) {
    return failed("not_approved_by_critic", `The coder left open:\n${listed(round.findings)}`);
  }
  const uploaded = await upload(attempt, work);
  if (uploaded.kind === "failed") return uploaded;
  const { digest } = uploaded;

  enter(attempt, "reviewing");
  const { plan } = round;
  const outcome = await agent.review(
    { ...task, plan, diff: await tree.diff(), evidence: work.evidence },
    scope,
  );
  scope.signal.throwIfAborted();
  if (outcome.kind === "stopped") return failed(outcome.reason, outcome.detail);
  const decision = decide(outcome.verdict, round.reviewsLeft);
  if (decision.kind === "approve") {
    const receipts = receiptsFor(grant.snapshot.review, round.receipts);
    return { kind: "approved", changeSetDigest: digest, verdict: decision.verdict, receipts };
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

type Decision = { kind: "approve"; verdict: CriticVerdict } | { kind: "send-back" } | { kind: "give-up" };

/** A rejection without a word of what is wrong cannot be acted on, so it counts like minor findings. */
export function decide(verdict: CriticVerdict, reviewsLeft: number): Decision {
  if (verdict.approved) return { kind: "approve", verdict };
  if (reviewsLeft > 0 && verdict.findings.length > 0) return { kind: "send-back" };
  if (verdict.findings.some((finding) => finding.severity !== "minor")) return { kind: "give-up" };
  return { kind: "approve", verdict: { ...verdict, approved: true } };
}

function listed(findings: Finding[]): string {
  return findings.map((finding) => `- [${finding.severity}] ${finding.path ?? ""} ${finding.why}`).join("\n");
}
