import type { AgentScope, CodeOutcome, IAgent } from "@aicd/core";
import { loop } from "../loop.ts";
import type { Model } from "../models/model.ts";
import { CODER } from "../prompts/coder.ts";
import {
  describeEvidence,
  describeFindings,
  describeHandover,
  describePlan,
  describeReview,
  describeTask,
  describeTree,
} from "../prompts/task.ts";
import { deleteFile } from "../tools/delete.ts";
import { edit } from "../tools/edit.ts";
import { ask, type Change, type Question, submitChange } from "../tools/finish.ts";
import { list } from "../tools/list.ts";
import { read } from "../tools/read.ts";
import { run } from "../tools/run.ts";
import { search } from "../tools/search.ts";
import { searchCode } from "../tools/search-code.ts";
import { write } from "../tools/write.ts";

export async function code(
  model: Model,
  task: Parameters<IAgent["code"]>[0],
  scope: AgentScope,
): Promise<CodeOutcome> {
  const blocks = await coderBlocks(task, scope);
  const tools = [read, list, search, searchCode, edit, write, deleteFile, run, submitChange, ask];
  const end = await loop({ model, system: CODER, prompt: blocks.join("\n\n"), tools }, scope);
  if (end.kind === "stopped") return end;
  // The finish tools have checked the values against these schemas.
  if (end.tool === "ask") return { kind: "question", questions: (end.value as Question).questions };
  const { title, summary, receipts } = end.value as Change;
  return { kind: "coded", title, summary, receipts };
}

/** All the coder is told of its work, whoever it is. */
export async function coderBlocks(task: Parameters<IAgent["code"]>[0], scope: AgentScope): Promise<string[]> {
  return [
    ...describeTask(task),
    ...describePlan(task.plan),
    ...describeReview(task),
    ...(await describeTree(scope.workspace)),
    ...(task.evidence === undefined ? [] : describeEvidence(task.evidence)),
    ...describeFindings(task.findings),
    ...describeHandover(task.handover),
    task.findings.length > 0 ? "Mend the findings." : "Make the change.",
  ];
}
