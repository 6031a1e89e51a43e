import {
  type AgentScope,
  type AgentTask,
  type CodeHit,
  LIMITS,
  type Plan,
  type PlanOutcome,
} from "@aicd/core";
import { loop } from "../loop.ts";
import type { Model } from "../models/model.ts";
import { PLANNER } from "../prompts/planner.ts";
import { describeCandidates, describeHandover, describeTask, describeTree } from "../prompts/task.ts";
import { ask, type Question, submitPlan } from "../tools/finish.ts";
import { list } from "../tools/list.ts";
import { read } from "../tools/read.ts";
import { search } from "../tools/search.ts";
import { searchCode } from "../tools/search-code.ts";

/** Enough to hold the right file nearly always, and few enough to be read in one look. */
const CANDIDATES = 8;

export async function plan(model: Model, task: AgentTask, scope: AgentScope): Promise<PlanOutcome> {
  const blocks = await plannerBlocks(task, scope);
  const tools = [read, list, search, searchCode, submitPlan, ask];
  const end = await loop({ model, system: PLANNER, prompt: blocks.join("\n\n"), tools }, scope);
  if (end.kind === "stopped") return end;
  // The finish tools have checked the values against these schemas.
  if (end.tool === "ask") return { kind: "question", questions: (end.value as Question).questions };
  return { kind: "planned", plan: end.value as Plan };
}

/** All the planner is told of its work, whoever it is. */
export async function plannerBlocks(task: AgentTask, scope: AgentScope): Promise<string[]> {
  return [
    ...describeTask(task),
    ...(await describeTree(scope.workspace)),
    ...describeCandidates(await findCandidates(task, scope)),
    ...describeHandover(task.handover),
    "Make the plan.",
  ];
}

async function findCandidates(
  { snapshot }: AgentTask,
  { codeSearch, signal }: AgentScope,
): Promise<CodeHit[]> {
  const { title, body } = snapshot.issue;
  const query = `${title}\n\n${body}`.slice(0, LIMITS.searchCharacters);
  return codeSearch.search(query, { limit: CANDIDATES, signal });
}
