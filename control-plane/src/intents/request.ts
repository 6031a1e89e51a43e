import { isTerminal, LIMITS } from "@aicd/core";
import { countRecentTasks, createTask } from "@aicd/db";
import { oweIndex } from "../indexing/owe.ts";
import { oweThread } from "../tasks/move.ts";
import { tellTask } from "../webhooks/tell-task.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { retry } from "./retry.ts";

/** A label or `/aicd`: a new task, or a retry of the one that failed. */
export async function request(applying: Applying, intent: IntentOf<"task.requested">): Promise<Outcome> {
  const { deps, tx, row, task } = applying;
  if (task !== undefined && !isTerminal(task.state)) {
    // Putting the label on again is how people ask for a retry.
    if (task.state === "FAILED" || task.state === "BLOCKED") {
      return retry(applying, { ...intent, type: "retry.requested" });
    }
    return refused("task.exists");
  }
  const recent = await countRecentTasks(tx, {
    repositoryId: row.repositoryId,
    issueNumber: intent.issueNumber,
  });
  if (recent >= LIMITS.runsPerIssuePerHour) return refused("storm");
  const guidance =
    intent.text === ""
      ? []
      : [{ author: { login: intent.actor.login, permission: "write" as const }, text: intent.text }];
  const made = await createTask(tx, deps.mint, {
    repositoryId: row.repositoryId,
    issueNumber: intent.issueNumber,
    issueTitle: "",
    phase: "plan",
    mode: intent.mode,
    requestedBy: intent.actor,
    source: intent.source,
    flags: intent.flags,
    guidance,
    budgetMicroUsd:
      intent.flags.budgetUsd === undefined ? LIMITS.budgetMicroUsd : Math.round(intent.flags.budgetUsd * 1e6),
  });
  // Lost the race against another label: its task is at work.
  if (made === undefined) return refused("task.exists");
  const { id: taskId, state, issueNumber } = made;
  tx.afterCommit(() => deps.log.info({ taskId, issueNumber, state, trigger: intent.type }, "task moved"));
  await oweIndex(deps, tx, "first", row.repositoryId);
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId });
  await tellTask(deps, tx, made, "task.created");
  await oweThread(deps, tx, made);
  return done("task.queued");
}
