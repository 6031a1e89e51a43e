import { type ChangeSet, type Evidence, judge } from "@aicd/core";
import { withLeftOut } from "../checkout/left-out.ts";
import { secretFinder } from "../checkout/secret-finder.ts";
import { type Attempt, type Failed, failed } from "./attempt.ts";
import { policyFindings } from "./policy.ts";
import { after } from "./prove.ts";
import type { Round } from "./round.ts";
import { upload } from "./upload.ts";

/**
 * Work that ends without anybody's yes is paid for: it is uploaded with what its checks say, for a person to take
 * or to leave. What the policy refuses stays here, but for the files of the checkpoint that may travel.
 *
 * @param proven what was run on the very tree as it is; undefined: its checks are run now
 * @returns the failure, with where the work is kept
 */
export async function handOver(
  attempt: Attempt,
  round: Round,
  failure: Failed,
  proven?: Evidence,
): Promise<Failed> {
  const { scope, tree, grant, checkpoints } = attempt;
  await checkpoints.save();
  const words = {
    title: `Partial: ${round.plan.title}`.slice(0, 200).toWellFormed(),
    summary: `This work is unfinished. ${SUMMARIES[failure.reason] ?? failure.detail}`,
  };
  const { changeSet: made, leftOut } = await tree.changeSet({ ...words, written: scope.workspace.written });
  if (made.files.length === 0) return failure;
  const changeSet: ChangeSet = { ...made, summary: withLeftOut(made.summary, leftOut) };
  const verdict = judge(changeSet, grant.settings, await secretFinder());
  if (policyFindings(verdict, round.plan).must.length > 0) return failure;
  const evidence: Evidence = proven ?? { ...round.proof, after: await after(attempt) };
  const uploaded = await upload(attempt, { changeSet, evidence });
  if (uploaded.kind === "failed") return failure;
  // Behind the output of programs it would be taken for a part of it.
  if (SUMMARIES[failure.reason] !== undefined) return failure;
  return failed(
    failure.reason,
    `${failure.detail} The unfinished work was kept as ${uploaded.digest.slice(0, 12)}.`,
  );
}

/** Where the detail is the output of programs, which is no summary of anything. */
const SUMMARIES: Partial<Record<Failed["reason"], string>> = {
  checks_failed: "The repository's checks do not pass with it.",
  policy_blocked: "It does not keep the rules of the repository.",
};
