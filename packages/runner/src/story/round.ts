import type { Evidence, Finding, Handover, Plan, ThreadReceipt, Transcript } from "@aicd/core";
import type { Result } from "./attempt.ts";
import type { Baseline } from "./prove.ts";

/** What one try of the coder starts from. */
export type Round = {
  plan: Plan;
  proof: Baseline;
  findings: Finding[];
  evidence: Evidence;
  receipts: ThreadReceipt[];
  repairsLeft: number;
  reviewsLeft: number;
  /** The coder was told once of edits that people would doubt: protected files, weakened tests. */
  warned: boolean;
  /** It was told once of what its change leaves unproven. */
  doubted: boolean;
  /** Digest of the ChangeSet the critic sent back last. */
  rejected: string | undefined;
  /** Only in the first round of a successor. */
  handover?: Handover | undefined;
  /** The conversation so far, where the agent can go on with it. */
  transcript?: Transcript | undefined;
};
export type Step = { kind: "again"; round: Round } | Result;
