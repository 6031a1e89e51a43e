import { type AgentScope, type CriticVerdict, type IAgent, isSmall, type ReviewOutcome } from "@aicd/core";
import { loop } from "../loop.ts";
import type { Model } from "../models/model.ts";
import { CRITIC, CRITIC_ALONE } from "../prompts/critic.ts";
import { describeEvidence } from "../prompts/evidence.ts";
import { describeCi, describeDiff, describePlan, describeReview, describeTask } from "../prompts/task.ts";
import { submitReview } from "../tools/finish.ts";
import { run } from "../tools/run.ts";
import type { Tool } from "../tools/tool.ts";
import { NOWHERE } from "./nowhere.ts";

/** One answer, or one command and then the answer; more only where the hand-in did not fit its schema. */
const ANSWERS = 4;

export async function review(
  model: Model,
  task: Parameters<IAgent["review"]>[0],
  scope: AgentScope,
): Promise<ReviewOutcome> {
  const prompt = criticBlocks(task).join("\n\n");
  const inOne = isSmall(task.plan);
  const tools = inOne ? [submitReview] : [once(run), submitReview];
  const few = {
    ...scope,
    budget: { ...budgetOf(scope), maxSteps: Math.min(ANSWERS, scope.budget.maxSteps) },
  };
  const before = await scope.workspace.diff();
  const end = await loop({ model, system: CRITIC, prompt, tools, inOne }, few);
  if (end.kind === "stopped") return end;
  if ((await scope.workspace.diff()) !== before) {
    const detail = "The critic changed files while it was only to look.";
    return { kind: "stopped", reason: "model_misbehaved", detail };
  }
  return { kind: "reviewed", verdict: settle(end.value as CriticVerdict) };
}

/** By the diff alone, where there is no checkout and no machine to try it on. */
export async function reviewAlone(
  model: Model,
  task: Parameters<IAgent["review"]>[0],
  scope: Omit<AgentScope, "workspace" | "programs" | "codeSearch">,
): Promise<ReviewOutcome> {
  const prompt = criticBlocks(task).join("\n\n");
  const few = { ...scope, ...NOWHERE, budget: { ...budgetOf(scope), maxSteps: ANSWERS } };
  const end = await loop({ model, system: CRITIC_ALONE, prompt, tools: [submitReview], inOne: true }, few);
  return end.kind === "stopped" ? end : { kind: "reviewed", verdict: settle(end.value as CriticVerdict) };
}

/** Methods of a class do not travel in a spread. */
function budgetOf({ budget }: Pick<AgentScope, "budget">): AgentScope["budget"] {
  const { limitMicroUsd, deadlineMs, maxSteps } = budget;
  return { limitMicroUsd, deadlineMs, maxSteps, spentMicroUsd: () => budget.spentMicroUsd() };
}

function once(tool: Tool): Tool {
  let used = false;
  return {
    ...tool,
    async call(call, scope) {
      if (used) return { kind: "error", text: "You have run your command. Call `submit_review` now." };
      used = true;
      return tool.call(call, scope);
    },
  };
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
    ...describeCi(task),
    ...describeDiff(task.diff),
    ...describeEvidence(task.evidence),
    "Review the change.",
  ];
}
