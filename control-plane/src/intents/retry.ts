import { countAttempts, findPlan, type Task } from "@aicd/db";
import { move } from "../tasks/move.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";

/** `/aicd retry`, or the label once more: from the plan if none was approved, else from the code. */
export async function retry(
  { deps, tx, task }: Applying,
  intent: IntentOf<"retry.requested">,
): Promise<Outcome> {
  if (task === undefined) return refused("task.missing");
  const plan = task.planId === null ? undefined : await findPlan(tx, task.planId);
  const phase =
    plan?.state !== "approved" ? "plan" : task.pullRequestNumber !== null ? ("revise" as const) : "code";
  const { budgetUsd, ...flags } = intent.flags;
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "retry.requested",
    set: {
      phase,
      flags: { ...task.flags, ...flags },
      reason: null,
      detail: null,
      guidance: withText(task, intent),
      retriesFrom: await countAttempts(tx, task.id),
      // Without a pull request a branch of an earlier try is nobody's; the next one gets its own.
      ...(task.pullRequestNumber === null ? { branch: null } : {}),
      ...(budgetUsd === undefined
        ? {}
        : { budgetMicroUsd: task.spentMicroUsd + Math.round(budgetUsd * 1e6) }),
    },
    event: { by: intent.actor.login, phase },
  });
  if (moved === undefined) return refused("nothing.to.retry");
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return done("retry.queued");
}

/** Words behind the command are wishes like any other. */
function withText(task: Task, intent: IntentOf<"retry.requested">): Task["guidance"] {
  if (intent.text === "") return task.guidance;
  const author = { login: intent.actor.login, permission: "write" as const };
  return [...task.guidance, { author, text: intent.text }].slice(-20);
}
