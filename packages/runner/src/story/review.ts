import {
  type ChangeSet,
  type CriticVerdict,
  changeSetDigest,
  decideReview,
  type Evidence,
  listFindings,
} from "@aicd/core";
import { isProven } from "../checks/proven.ts";
import { type Attempt, enter, failed } from "./attempt.ts";
import { hearServer } from "./hear-server.ts";
import { redacted } from "./plan.ts";
import { receiptsFor } from "./receipts.ts";
import type { Round, Step } from "./round.ts";
import { upload } from "./upload.ts";
import { widenDiff } from "./widen-diff.ts";

/** Uploads the change with its proof, lets the critic judge it (ours, or the server's), and says how it goes on. */
export async function review(
  attempt: Attempt,
  round: Round,
  work: { changeSet: ChangeSet; evidence: Evidence },
): Promise<Step> {
  const { agent, task, scope, tree, events, grant } = attempt;
  const receipts = receiptsFor(grant.snapshot.review, round.receipts);
  const again = changeSetDigest(work.changeSet);
  const ours = grant.critic === "runner";
  if (ours && again === round.rejected) {
    const summary = "The coder was asked to mend these findings and handed in the same change again.";
    const last = decideReview({ approved: false, summary, findings: round.findings }, 0);
    if (last.kind !== "approve") {
      return failed("not_approved_by_critic", `${summary}\n${listFindings(round.findings)}`);
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
  if (!ours) {
    const word = await hearServer(attempt, digest);
    if (word.kind === "failed") return word;
    if (word.kind === "approved") {
      return { kind: "approved", changeSetDigest: digest, verdict: word.verdict, receipts, ...kept };
    }
    const { findings } = word.verdict;
    return { kind: "again", round: { ...round, findings, rejected: digest } };
  }
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
  const decision = decideReview(outcome.verdict, round.reviewsLeft);
  if (decision.kind === "approve") {
    return { kind: "approved", changeSetDigest: digest, verdict: decision.verdict, receipts, ...kept };
  }
  const { findings, summary } = outcome.verdict;
  if (decision.kind === "give-up") {
    return failed("not_approved_by_critic", `${summary}\n${listFindings(findings)}`);
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
