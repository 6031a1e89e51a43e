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

/** The answer each inline review comment gets. `changed` is completed with the commit by the publisher. */
export const ThreadReceipt = z.object({
  commentId: z.number().int(),
  kind: z.enum(["changed", "declined", "question"]),
  text: text(2_000).min(1),
});
export type ThreadReceipt = z.infer<typeof ThreadReceipt>;
