import { CriticVerdict, Finding, Plan, ThreadReceipt } from "@aicd/core";
import { z } from "zod";
import { defineTool, type Tool } from "./tool.ts";

/** What the coder hands in; the edits themselves are read from the working tree. */
export const Change = z.object({
  title: z.string().min(1).max(120).describe("Of commit and pull request, in the repository's style."),
  summary: z.string().min(1).max(8_000).describe("What was wrong, what was changed and why, in Markdown."),
  receipts: z.array(ThreadReceipt).max(200).default([]).describe("One for each review comment."),
});
export type Change = z.infer<typeof Change>;

export const Question = z.object({
  questions: z.array(z.string().min(1).max(2_000)).min(1).max(5),
});
export type Question = z.infer<typeof Question>;

const Verdict = CriticVerdict.extend({ findings: z.array(Finding).max(50).default([]) });

export const submitPlan = finisher("submit_plan", "Hands in the plan.", Plan);
export const submitChange = finisher(
  "submit_change",
  "Hands in the change: the working tree as it is.",
  Change,
);
export const submitReview = finisher("submit_review", "Hands in your verdict and ends your work.", Verdict);
export const ask = finisher(
  "ask",
  "Asks the people of the repository what neither code nor issue can decide, and waits for their answer.",
  Question,
);

function finisher<T>(name: string, description: string, input: z.ZodType<T>): Tool {
  return defineTool({
    name,
    description,
    input,
    readOnly: false,
    run: async (value) => ({ kind: "finish", value }),
  });
}
