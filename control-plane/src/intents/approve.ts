import { judge, may } from "@aicd/core";
import { findSecrets } from "@aicd/core/secrets";
import { approvePlan, countAttempts, findAttempt, findChangeSet, findPlan, storeVerdict } from "@aicd/db";
import { move } from "../tasks/move.ts";
import type { Applying, IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";

/** `/aicd approve <hash>`: this very plan, or this very blocked ChangeSet, and nothing else. */
export async function approve(applying: Applying, intent: IntentOf<"plan.approved">): Promise<Outcome> {
  const { deps, tx, task } = applying;
  if (task === undefined) return refused("task.missing");
  if (task.state === "BLOCKED") return override(applying, intent);
  const plan = task.planId === null ? undefined : await findPlan(tx, task.planId);
  if (task.state !== "AWAITING_APPROVAL" || plan === undefined) {
    return refused("nothing.to.approve");
  }
  const approved = await approvePlan(tx, { id: plan.id, hash: intent.hash, by: intent.actor });
  if (approved === undefined) return refused("hash.wrong");
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "plan.approved",
    set: { phase: "code", retriesFrom: await countAttempts(tx, task.id) },
    event: { by: intent.actor.login, hash: plan.hash },
  });
  if (moved === undefined) return refused("somebody.was.first");
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return done("plan.approved");
}

/** An admin takes what the policy blocked on themselves: that ChangeSet, by digest. */
async function override(
  { deps, tx, task, role }: Applying,
  intent: IntentOf<"plan.approved">,
): Promise<Outcome> {
  if (task?.changeSetId == null) return refused("nothing.to.approve");
  const changeSet = await findChangeSet(tx, { id: task.changeSetId });
  if (changeSet?.digest.slice(0, 12) !== intent.hash) return refused("hash.wrong");
  if (role === undefined || !may(role, "policy.override")) {
    return refused("override.forbidden");
  }
  // What is refused stays refused, whoever asks.
  const attempt = await findAttempt(tx, changeSet.attemptId);
  if (
    attempt?.context == null ||
    judge(changeSet.body, attempt.context.settings, findSecrets).kind === "refused"
  ) {
    return refused("override.refused");
  }
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "policy.overridden",
    event: { by: intent.actor.login, digest: changeSet.digest },
  });
  if (moved === undefined) return refused("somebody.was.first");
  await storeVerdict(tx, deps.mint, {
    taskId: task.id,
    changeSetId: changeSet.id,
    judge: "policy",
    kind: "overridden",
    body: { by: intent.actor },
  });
  await deps.enqueue(tx, "publish-changes", { ...tx.scope, taskId: task.id });
  return done("policy.overridden");
}
