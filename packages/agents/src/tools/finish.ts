import { CriticVerdict, Finding, Plan, ThreadReceipt } from "@aicd/core";
import { z } from "zod";
import { defineTool, type Tool } from "./tool.ts";

/** What the coder hands in; the edits themselves are read from the working tree. */
export const Change = z.object({
  title: z.string().min(1).max(120).describe("Of commit and pull request."),
  summary: z.string().min(1).max(8_000).describe("What was wrong, what was changed and why."),
});
/** With an answer to each comment of the review that is worked on. */
const Answered = Change.extend({ receipts: z.array(ThreadReceipt).max(200).default([]) });
export type Change = z.infer<typeof Change> & Partial<Pick<z.infer<typeof Answered>, "receipts">>;

export const Question = z.object({
  questions: z.array(z.string().min(1).max(2_000)).min(1).max(5),
});
export type Question = z.infer<typeof Question>;

const { shape } = Plan;
/** How far a likely cost may be off, either way. */
const LESS = 0.5;
const MORE = 3;

/** A plan as a model writes it down: what does not apply is left out, and a range follows from what is likely. */
export const PlanInput = z
  .object({
    title: shape.title,
    understanding: shape.understanding.describe("What is wrong."),
    cause: shape.cause,
    files: shape.files,
    tests: shape.tests.default([]),
    risks: shape.risks.default([]),
    questions: shape.questions.default([]),
    estimate: shape.estimate.pick({ changedLines: true, likelyUsd: true }),
  })
  .transform(
    ({ estimate, ...plan }): Plan => ({
      ...plan,
      checks: [],
      estimate: { ...estimate, lowUsd: estimate.likelyUsd * LESS, highUsd: estimate.likelyUsd * MORE },
    }),
  );

/** A finding of the whole change names no place. */
const Verdict = z
  .object({
    approved: CriticVerdict.shape.approved,
    summary: CriticVerdict.shape.summary,
    findings: z
      .array(
        z.object({
          path: Finding.shape.path.optional(),
          line: Finding.shape.line.optional(),
          severity: Finding.shape.severity,
          why: Finding.shape.why,
          wanted: Finding.shape.wanted,
        }),
      )
      .max(50)
      .default([]),
  })
  .transform(
    ({ findings, ...verdict }): CriticVerdict => ({
      ...verdict,
      findings: findings.map(({ path = null, line = null, ...finding }) => ({ path, line, ...finding })),
    }),
  );

export const submitPlan = finisher("submit_plan", "Hands in the plan.", PlanInput);
export const submitChange = finisher("submit_change", "Hands in the working tree.", Change);
export const submitAnswered = finisher("submit_change", "Hands in the working tree.", Answered);
export const submitReview = finisher("submit_review", "Hands in your verdict.", Verdict);
export const ask = finisher("ask", "Asks the people of the repository and waits.", Question);

function finisher<T>(name: string, description: string, input: z.ZodType<T>): Tool {
  return defineTool({
    name,
    description,
    input,
    readOnly: false,
    run: async (value) => ({ kind: "finish", value }),
  });
}
