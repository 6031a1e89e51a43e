import { z } from "zod";

export const Finding = z.object({
  path: z.string().max(500).nullable(),
  line: z.number().int().nullable(),
  severity: z.enum(["blocker", "major", "minor"]),
  why: z.string().min(1).max(2_000),
  /** What would satisfy the reviewer. */
  wanted: z.string().max(2_000),
});
export type Finding = z.infer<typeof Finding>;

/** The critic's judgement of a ChangeSet. */
export const CriticVerdict = z.object({
  approved: z.boolean(),
  summary: z.string().max(4_000),
  findings: z.array(Finding).max(50),
});
export type CriticVerdict = z.infer<typeof CriticVerdict>;

/** The answer each inline review comment gets. `changed` is completed with the commit by the publisher. */
export const ThreadReceipt = z.object({
  commentId: z.number().int(),
  kind: z.enum(["changed", "declined", "question"]),
  text: z.string().min(1).max(2_000),
});
export type ThreadReceipt = z.infer<typeof ThreadReceipt>;
