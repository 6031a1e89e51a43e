import { z } from "zod";
import { exact, text } from "./text.ts";

export const Finding = z.object({
  path: exact(500).nullable(),
  line: z.number().int().nullable(),
  severity: z.enum(["blocker", "major", "minor"]),
  why: text(2_000).min(1),
  /** What would satisfy the reviewer. */
  wanted: text(2_000),
});
export type Finding = z.infer<typeof Finding>;

/** The critic's judgement of a ChangeSet. */
export const CriticVerdict = z.object({
  approved: z.boolean(),
  summary: text(4_000),
  findings: z.array(Finding).max(50),
});
export type CriticVerdict = z.infer<typeof CriticVerdict>;

export type ReviewDecision = { kind: "approve"; verdict: CriticVerdict } | { kind: "send-back" | "give-up" };

/**
 * A rejection without a word of what is wrong cannot be acted on, so it counts like minor findings. After
 * the last round what stays open goes into the draft pull request, for a person to decide; a blocker
 * (wrong results, data loss, security) is never proposed.
 */
export function decideReview(verdict: CriticVerdict, reviewsLeft: number): ReviewDecision {
  if (verdict.approved) return { kind: "approve", verdict };
  const { findings } = verdict;
  if (reviewsLeft > 0 && findings.length > 0) return { kind: "send-back" };
  if (findings.some(({ severity }) => severity === "blocker")) return { kind: "give-up" };
  const isOpen = findings.some(({ severity }) => severity === "major");
  const summary = isOpen ? `${OPEN}\n\n${verdict.summary}`.slice(0, SUMMARY_CHARACTERS) : verdict.summary;
  return { kind: "approve", verdict: { ...verdict, approved: true, summary } };
}

/** The findings of a critic as the lines of a failure. */
export function listFindings(findings: readonly Finding[]): string {
  return findings.map((finding) => `- [${finding.severity}] ${finding.path ?? ""} ${finding.why}`).join("\n");
}

const OPEN = "The critic did not agree within its rounds. What it still finds is listed here and is open.";
const SUMMARY_CHARACTERS = 4_000;

/** The answer each inline review comment gets. `changed` is completed with the commit by the publisher. */
export const ThreadReceipt = z.object({
  commentId: z.number().int(),
  kind: z.enum(["changed", "declined", "question"]),
  text: text(2_000).min(1),
});
export type ThreadReceipt = z.infer<typeof ThreadReceipt>;
