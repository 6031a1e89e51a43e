import type { AgentScope, CriticVerdict, IAgent, ReviewOutcome } from "@aicd/core";
import { loop } from "../loop.ts";
import type { Model } from "../models/model.ts";
import { CRITIC } from "../prompts/critic.ts";
import {
  describeDiff,
  describeEvidence,
  describePlan,
  describeReview,
  describeTask,
} from "../prompts/task.ts";
import { submitReview } from "../tools/finish.ts";
import { list } from "../tools/list.ts";
import { read } from "../tools/read.ts";
import { search } from "../tools/search.ts";
import { searchCode } from "../tools/search-code.ts";

export async function review(
  model: Model,
  task: Parameters<IAgent["review"]>[0],
  scope: AgentScope,
): Promise<ReviewOutcome> {
  const blocks = criticBlocks(task);
  const tools = [read, list, search, searchCode, submitReview];
  const end = await loop({ model, system: CRITIC, prompt: blocks.join("\n\n"), tools }, scope);
  if (end.kind === "stopped") return end;
  return { kind: "reviewed", verdict: settle(end.value as CriticVerdict) };
}

/** A verdict may not contradict its findings: a blocker or major finding is never an approval. */
export function settle(verdict: CriticVerdict): CriticVerdict {
  const serious = verdict.findings.some((finding) => finding.severity !== "minor");
  return serious ? { ...verdict, approved: false } : verdict;
}

/** All the critic is told, whoever it is. */
export function criticBlocks(task: Parameters<IAgent["review"]>[0]): string[] {
  return [
    ...describeTask(task),
    ...describePlan(task.plan),
    ...describeReview(task),
    ...describeDiff(task.diff),
    ...describeEvidence(task.evidence),
    "Review the change.",
  ];
}
