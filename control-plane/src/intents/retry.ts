import { countAttempts, findPlan, type Task, type TenantTx, thawPlan } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { takeReviews } from "../tasks/begin-revision.ts";
import { move } from "../tasks/move.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { publishPartial } from "./publish-partial.ts";

/**
 * `/aicd retry`, or the label once more: from the plan if none was approved, or if what was
 * approved has been edited since (the start sees that), else from the code.
 */
export async function retry(
  { deps, tx, task }: Applying,
  intent: IntentOf<"retry.requested">,
): Promise<Outcome> {
  if (task === undefined) return refused("task.missing");
  if (isOnlyUnpublished(task) && intent.text === "") return publishAgain(deps, tx, task, intent);
  if (intent.partial === true) return publishPartial(deps, tx, task, intent);
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
      // What waits, and what the failed round did not answer, is the next round's.
      ...(phase === "revise" ? takeReviews(task).set : {}),
      // Without a pull request a branch of an earlier try is nobody's; the next one gets its own.
      ...(task.pullRequestNumber === null ? { branch: null } : {}),
      ...(budgetUsd === undefined
        ? {}
        : { budgetMicroUsd: task.spentMicroUsd + Math.round(budgetUsd * 1e6) }),
    },
    event: { by: intent.actor.login, phase },
  });
  if (moved === undefined) return refused("nothing.to.retry");
  if (phase === "code" && plan !== undefined) await thawPlan(tx, plan.id);
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return done("retry.queued");
}

/** The change is finished and was paid for; what failed was putting it on GitHub. */
function isOnlyUnpublished({ state, reason, changeSetId }: Task): boolean {
  return state === "FAILED" && reason === "publishing_failed" && changeSetId !== null;
}

async function publishAgain(
  deps: Deps,
  tx: TenantTx,
  task: Task,
  intent: IntentOf<"retry.requested">,
): Promise<Outcome> {
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "publishing.resumed",
    set: { reason: null, detail: null },
    event: { by: intent.actor.login },
  });
  if (moved === undefined) return refused("nothing.to.retry");
  await deps.enqueue(tx, "publish-changes", { ...tx.scope, taskId: task.id });
  return done("publishing.resumed");
}

/** Words behind the command are wishes like any other. */
function withText(task: Task, intent: IntentOf<"retry.requested">): Task["guidance"] {
  if (intent.text === "") return task.guidance;
  const author = { login: intent.actor.login, permission: "write" as const };
  return [...task.guidance, { author, text: intent.text }].slice(-20);
}
