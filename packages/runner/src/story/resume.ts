import { type Checkpoint, checkpointKey, checkpointProblem, type Handover, type Plan } from "@aicd/core";
import { confine } from "../checkout/confine.ts";
import type { Attempt } from "./attempt.ts";
import type { Round } from "./round.ts";

/** The plan a lost runner had made for this very work and perhaps not handed in. */
export function plannedBefore(attempt: Attempt): Plan | undefined {
  const checkpoint = usable(attempt, null);
  return checkpoint?.stage === "planned" ? (checkpoint.plan ?? undefined) : undefined;
}

/** What a lost planner had found out. */
export function learnedBefore(attempt: Attempt): Handover | undefined {
  const checkpoint = usable(attempt, null);
  return checkpoint?.stage === "planning" && checkpoint.learned !== ""
    ? { changed: [], learned: checkpoint.learned }
    : undefined;
}

/**
 * Puts a lost coder's work into the workspace and answers the round to go on with. Nothing is written
 * unless every file may be: a checkpoint is as foreign as a ChangeSet.
 */
export async function resume(
  attempt: Attempt,
  fresh: Round,
): Promise<{ round: Round; handover: Handover } | undefined> {
  const { scope, workspaceDir } = attempt;
  const checkpoint = usable(attempt, fresh.plan);
  if (checkpoint === undefined || checkpoint.stage !== "coding") return undefined;
  const { files, findings, evidence, receipts, rounds, learned } = checkpoint;
  if (files.length === 0 && findings.length === 0 && learned === "") return undefined;
  try {
    for (const { path } of files) await confine(workspaceDir, path, "write");
  } catch (refusal) {
    // The checkout itself may have grown a link where the checkpoint has a file.
    discard(attempt, refusal instanceof Error ? refusal.message : String(refusal));
    return undefined;
  }
  for (const file of files) {
    const content = file.kind === "write" ? Buffer.from(file.contentBase64, "base64") : undefined;
    await scope.workspace.restore(file.path, content);
  }
  const changed = files.map(({ path }) => path);
  scope.report({ type: "note", text: `Going on from a checkpoint with ${changed.length} changed files.` });
  const round: Round = {
    ...fresh,
    findings,
    receipts,
    evidence: evidence === null ? fresh.evidence : { ...fresh.evidence, after: evidence.after },
    repairsLeft: Math.min(fresh.repairsLeft, rounds.repairsLeft),
    reviewsLeft: Math.min(fresh.reviewsLeft, rounds.reviewsLeft),
    warned: rounds.warned,
    doubted: rounds.doubted ?? false,
    rejected: rounds.rejected ?? undefined,
  };
  return { round, handover: { changed, learned } };
}

function usable(attempt: Attempt, plan: Plan | null): Checkpoint | undefined {
  const { checkpoint, taskId, startSha, baseSha, snapshot, settings } = attempt.grant;
  if (checkpoint === null) return undefined;
  const key = checkpointKey({ taskId, startSha, baseSha, snapshot, plan });
  // In one lease that plans and codes, the checkpoint is of one of the two; that is no news.
  if (checkpoint.key !== key) return undefined;
  const problem = checkpointProblem(checkpoint, { key, startSha, settings });
  if (problem === undefined) return checkpoint;
  discard(attempt, problem);
  return undefined;
}

function discard({ scope }: Attempt, why: string): void {
  scope.report({ type: "note", text: `The checkpoint is not used; starting anew. ${why}` });
}
