import { judge, may } from "@aicd/core";
import { approvePlan, countAttempts, findAttempt, findChangeSet, findPlan, storeVerdict } from "@aicd/db";
import { move } from "../tasks/move.ts";
import { say } from "../tasks/say.ts";
import type { Applying, IntentOf, Outcome } from "./apply-intent.ts";

/** `/aicd approve <hash>`: this very plan, or this very blocked ChangeSet, and nothing else. */
export async function approve(applying: Applying, intent: IntentOf<"plan.approved">): Promise<Outcome> {
  const { deps, tx, task } = applying;
  if (task === undefined) return { outcome: "task.missing", reaction: "confused" };
  if (task.state === "BLOCKED") return override(applying, intent);
  const plan = task.planId === null ? undefined : await findPlan(tx, task.planId);
  if (task.state !== "AWAITING_APPROVAL" || plan === undefined) {
    return { outcome: "nothing.to.approve", reaction: "confused" };
  }
  const approved = await approvePlan(tx, { id: plan.id, hash: intent.hash, by: intent.actor });
  if (approved === undefined) {
    await say(deps, tx, {
      taskId: task.id,
      key: `wrong-hash:${applying.row.id}`,
      target: { kind: "issue", number: task.issueNumber },
      body: `That is not the hash of the plan now on the table. To approve it: \`/aicd approve ${plan.hash}\``,
    });
    return { outcome: "hash.wrong", reaction: "confused" };
  }
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "plan.approved",
    set: { phase: "code", retriesFrom: await countAttempts(tx, task.id) },
    event: { by: intent.actor.login, hash: plan.hash },
  });
  if (moved === undefined) return { outcome: "lost", reaction: "confused" };
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return { outcome: "plan.approved", reaction: "rocket" };
}

/** An admin takes what the policy blocked on themselves: that ChangeSet, by digest. */
async function override(
  { deps, tx, task, role }: Applying,
  intent: IntentOf<"plan.approved">,
): Promise<Outcome> {
  if (task?.changeSetId == null) return { outcome: "nothing.to.approve", reaction: "confused" };
  const changeSet = await findChangeSet(tx, { id: task.changeSetId });
  if (changeSet?.digest.slice(0, 12) !== intent.hash) return { outcome: "hash.wrong", reaction: "confused" };
  if (role === undefined || !may(role, "policy.override")) {
    return { outcome: "override.forbidden", reaction: "confused" };
  }
  // What is refused stays refused, whoever asks.
  const attempt = await findAttempt(tx, changeSet.attemptId);
  if (attempt?.context == null || judge(changeSet.body, attempt.context.settings).kind === "refused") {
    return { outcome: "override.refused", reaction: "confused" };
  }
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "policy.overridden",
    event: { by: intent.actor.login, digest: changeSet.digest },
  });
  if (moved === undefined) return { outcome: "lost", reaction: "confused" };
  await storeVerdict(tx, deps.mint, {
    taskId: task.id,
    changeSetId: changeSet.id,
    judge: "policy",
    kind: "overridden",
    body: { by: intent.actor },
  });
  await deps.enqueue(tx, "publish-changes", { ...tx.scope, taskId: task.id });
  return { outcome: "policy.overridden", reaction: "rocket" };
}
