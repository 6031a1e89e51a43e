import type { AgentScope, IAgent } from "@aicd/core";
import { describeEvidence } from "../prompts/evidence.ts";
import {
  describeCi,
  describeCommands,
  describeDiff,
  describeFindings,
  describeGuides,
  describeHandover,
  describePlan,
  describeReview,
  describeTask,
  describeTree,
} from "../prompts/task.ts";

/** All a coder is told who was not there when the plan was made, whoever it is. */
export async function coderBlocks(task: Parameters<IAgent["code"]>[0], scope: AgentScope): Promise<string[]> {
  const diff = task.findings.length > 0 ? await scope.workspace.diff() : "";
  return [
    ...describeTask(task),
    ...describeGuides(task),
    ...describePlan(task.plan),
    ...describeReview(task),
    ...describeCi(task),
    ...(await describeTree(scope.workspace)),
    ...describeCommands(task.commands),
    ...(task.evidence === undefined ? [] : describeEvidence(task.evidence)),
    ...(diff === "" ? [] : describeDiff(diff)),
    ...describeFindings(task.findings, task.evidence),
    ...describeHandover(task.handover),
    task.findings.length > 0 ? "Mend the findings." : "The plan is approved. Make the change.",
  ];
}
