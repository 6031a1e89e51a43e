import { createHash } from "node:crypto";
import { z } from "zod";
import type { FailureReason } from "./attempt.ts";
import { FileChange } from "./change-set.ts";
import { Evidence } from "./evidence.ts";
import { LIMITS } from "./limits.ts";
import { Plan } from "./plan.ts";
import { judge } from "./policy/judge.ts";
import { Finding, ThreadReceipt } from "./review.ts";
import type { Settings } from "./settings.ts";
import { type Snapshot, snapshotDigest } from "./snapshot.ts";
import { exact, text } from "./text.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/);

/**
 * Work in progress as a runner leaves it from time to time, so that the successor of a lost one goes on
 * from there. It is data like a ChangeSet: judged by the same policy before anybody stores or applies it.
 */
export const Checkpoint = z.object({
  /** `checkpointKey` of the work it belongs to; it is worth nothing for any other. */
  key: exact(64),
  startSha: sha,
  /** `planning`: nothing but what was learned; `planned`: a plan that may not have been handed in yet. */
  stage: z.enum(["planning", "planned", "coding"]),
  plan: Plan.nullable(),
  /** The changed files against `startSha`, as in a ChangeSet. */
  files: z.array(FileChange).max(LIMITS.changedFiles),
  /** What the critic or the checks want mended. */
  findings: z.array(Finding).max(50),
  /** What the checks said last, the reproduction included. For the coder to read; never shown as proof. */
  evidence: Evidence.nullable(),
  receipts: z.array(ThreadReceipt).max(200),
  rounds: z.object({
    repairsLeft: z.number().int().min(0).max(10),
    reviewsLeft: z.number().int().min(0).max(10),
    warned: z.boolean(),
    doubted: z.boolean().optional(),
    rejected: exact(128).nullable(),
  }),
  /** What the agent found out and tried, newest last. */
  learned: text(LIMITS.handoverCharacters),
  spentMicroUsd: z.number().nonnegative(),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/**
 * Names the work a checkpoint belongs to: commits, issue text, wishes of people, review and plan. Any of
 * them changed makes an older checkpoint worthless.
 *
 * @param work.plan the approved plan, or null while there is none
 */
export function checkpointKey(work: {
  taskId: string;
  startSha: string;
  baseSha: string;
  snapshot: Snapshot;
  plan: Plan | null;
}): string {
  const { taskId, startSha, baseSha, snapshot, plan } = work;
  const guidance = snapshot.guidance.map(({ author, text: words }) => [author.login, words]);
  const asked = [snapshotDigest(snapshot), guidance, snapshot.review?.id ?? null];
  const parsed = plan === null ? null : Plan.parse(plan);
  return createHash("sha256")
    .update(JSON.stringify([taskId, startSha, baseSha, asked, parsed]))
    .digest("hex");
}

/** Why a checkpoint must not be used for this work, in words for the record; undefined: it may. */
export function checkpointProblem(
  checkpoint: Checkpoint,
  work: { key: string; startSha: string; settings: Settings },
): string | undefined {
  if (checkpoint.key !== work.key || checkpoint.startSha !== work.startSha) {
    return "It belongs to other work: another commit, plan or issue text.";
  }
  if (checkpoint.stage === "planned" && checkpoint.plan === null) return "It has no plan.";
  if (checkpoint.files.length === 0) return undefined;
  if (checkpoint.stage !== "coding") return "It has files although nothing was to be written yet.";
  const words = { title: "Work in progress", summary: "" };
  // A checkpoint is never published, so secrets are looked for later.
  const verdict = judge(
    { baseSha: work.startSha, files: checkpoint.files, ...words },
    work.settings,
    undefined,
  );
  const refused = verdict.findings.filter(({ level }) => level === "refuse");
  if (refused.length === 0) return undefined;
  return refused
    .map(({ path, message }) => `${path ?? "the change"}: ${message}`)
    .join(" ")
    .slice(0, 1_000);
}

/** Ends of an attempt that say nothing against its work, so another attempt may go on with it. */
const KEEPING: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "runner_lost",
  "model_unavailable",
  "model_rejected",
  "budget_exhausted",
  "time_exhausted",
  "steps_exhausted",
  "organization_budget_exhausted",
  "plan_exhausted",
]);

export function keepsWork(reason: FailureReason | null): boolean {
  return reason !== null && KEEPING.has(reason);
}
