import type { AgentScope, AgentTask } from "@aicd/core";
import { describeExcerpts } from "../prompts/excerpts.ts";
import {
  describeCommands,
  describeGuides,
  describeHandover,
  describeTask,
  describeTree,
} from "../prompts/task.ts";

/** All the planner is told of its work, whoever it is. */
export async function plannerBlocks(task: AgentTask, scope: AgentScope): Promise<string[]> {
  return [
    ...describeTask(task),
    ...describeGuides(task),
    ...(await describeTree(scope.workspace)),
    ...describeCommands(task.commands),
    ...(await describeExcerpts(task, scope)),
    ...describeHandover(task.handover),
    "Make the plan.",
  ];
}
