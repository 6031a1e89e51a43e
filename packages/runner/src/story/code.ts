import { type ChangeSet, type Evidence, type Finding, judge, type Plan, type Transcript } from "@aicd/core";
import { type LeftOut, withLeftOut } from "../checkout/left-out.ts";
import { secretFinder } from "../checkout/secret-finder.ts";
import { compareTests, failingOf } from "../checks/compare.ts";
import { judgeChecks } from "../checks/judge-checks.ts";
import { findUnproven } from "../checks/unproven.ts";
import type { Weakened } from "../checks/weakened.ts";
import { type Attempt, enter, failed, type Result } from "./attempt.ts";
import type { Early } from "./early.ts";
import { handOver } from "./hand-over.ts";
import { policyFindings, refusalOf } from "./policy.ts";
import { after, baseline, weakened } from "./prove.ts";
import { receiptsFor } from "./receipts.ts";
import { reproduce } from "./reproduce.ts";
import { resume } from "./resume.ts";
import { review } from "./review.ts";
import type { Round, Step } from "./round.ts";

/** Times the coder may come back from failing checks or refused edits before the attempt gives up. */
const REPAIRS = 3;

/** Code, prove, review, and again with what was found, until the critic agrees or patience ends. */
export async function code(
  attempt: Attempt,
  plan: Plan,
  { transcript, early }: { transcript?: Transcript | undefined; early?: Early | undefined } = {},
): Promise<Result> {
  const proof = await baseline(attempt, plan, early);
  if ("kind" in proof) return proof;
  let round: Round = {
    plan,
    proof,
    findings: [],
    // The coder learns which checks there are and how they stand before it has changed anything.
    evidence: { ...proof, after: [], ...failingBefore(proof.before) },
    receipts: [],
    repairsLeft: REPAIRS,
    reviewsLeft: attempt.grant.settings.reviewRounds,
    warned: false,
    doubted: false,
    rejected: undefined,
    transcript,
  };
  const resumed = await resume(attempt, round);
  if (resumed !== undefined) round = { ...resumed.round, handover: resumed.handover };
  for (;;) {
    const step = await goRound(attempt, round);
    if (step.kind !== "again") return step;
    round = step.round;
  }
}

async function goRound(attempt: Attempt, before: Round): Promise<Step> {
  const { agent, task, tree, grant } = attempt;
  const scope = { ...attempt.scope, refusal: refusalOf(grant.settings, before.plan) };
  const { plan, proof, findings, handover, transcript, ...rest } = before;
  enter(attempt, "coding");
  attempt.checkpoints.at({ stage: "coding", plan, round: before });
  const { evidence: known } = before;
  const outcome = await agent.code({ ...task, plan, findings, evidence: known, handover, transcript }, scope);
  scope.signal.throwIfAborted();
  if (outcome.kind === "question") return { kind: "question", questions: outcome.questions.slice(0, 10) };
  if (outcome.kind === "stopped") {
    return handOver(attempt, before, failed(outcome.reason, outcome.detail));
  }

  const { title, summary } = outcome;
  const { changeSet: made, leftOut } = await tree.changeSet({
    title,
    summary,
    written: scope.workspace.written,
  });
  const changeSet: ChangeSet = { ...made, summary: withLeftOut(made.summary, leftOut) };
  const receipts = [...rest.receipts, ...outcome.receipts];
  const round: Round = { ...rest, plan, proof, findings, receipts, transcript: outcome.transcript };
  if (changeSet.files.length === 0)
    return failed("no_changes", withoutChanges(attempt, round, changeSet.summary));

  const { must, should } = policyFindings(judge(changeSet, grant.settings, await secretFinder()), plan);
  if (must.length > 0) return repair(attempt, round, must, "policy_blocked");
  const weaker = await weakened(attempt, changeSet);
  const doubts = [...should, ...weaker.map(toFinding), ...leftOut.filter(({ meant }) => meant).map(toLoss)];
  if (doubts.length > 0 && !round.warned) {
    return repair(attempt, { ...round, warned: true }, doubts, "policy_blocked");
  }

  const evidence: Evidence = { ...proof, after: await after(attempt), weakened: weaker };
  scope.signal.throwIfAborted();
  const changes = compareTests(proof.before, evidence.after);
  if (changes !== undefined) evidence.testChanges = changes;
  const broken = judgeChecks(proof.before, evidence.after);
  if (broken.length > 0) return repair(attempt, { ...round, evidence }, broken, "checks_failed");
  evidence.reproduction = await reproduce(attempt, changeSet, evidence.after);
  const unproven = findUnproven({ changeSet, evidence, plan, isRevision: grant.phase === "revise" });
  // Before the critic is paid; what the coder answers in its summary goes on to be judged.
  if (unproven.length > 0 && !round.doubted && round.repairsLeft > 0) {
    return repair(attempt, { ...round, evidence, doubted: true }, unproven, "policy_blocked");
  }
  return review(attempt, { ...round, evidence }, { changeSet, evidence });
}

/** By name, so that nobody takes them for the change's doing. */
function failingBefore(before: Evidence["before"]): Pick<Evidence, "testChanges"> {
  const failing = failingOf(before);
  return failing.length === 0 ? {} : { testChanges: { fixed: [], broken: [], added: [], gone: [], failing } };
}

function toFinding({ path, what }: Weakened): Finding {
  const wanted =
    "Tests and checks as strict as before, unless the issue asks for this; then say so in the summary.";
  return { path: path.slice(0, 500), line: null, severity: "major", why: what, wanted };
}

function toLoss({ path, why }: LeftOut): Finding {
  const wanted =
    "The same where it can be part of the change, or its removal; say in the summary what stays.";
  const words = `It was written, but is not in the change: ${why}.`;
  return { path: path.slice(0, 500), line: null, severity: "major", why: words, wanted };
}

async function repair(
  attempt: Attempt,
  round: Round,
  findings: Finding[],
  reason: "policy_blocked" | "checks_failed",
): Promise<Step> {
  if (round.repairsLeft > 0) {
    return { kind: "again", round: { ...round, findings, repairsLeft: round.repairsLeft - 1 } };
  }
  const failure = failed(reason, findings.map((finding) => finding.why).join("\n\n"));
  const proven = reason === "checks_failed" ? round.evidence : undefined;
  return handOver(attempt, round, failure, proven);
}

function withoutChanges(attempt: Attempt, round: Round, summary: string): string {
  const receipts = receiptsFor(attempt.grant.snapshot.review, round.receipts);
  const answers = receipts.map((receipt) => `- comment ${receipt.commentId}: ${receipt.text}`);
  return ["The coder ended without changing a file.", summary, ...answers].join("\n");
}
