import type { Evidence } from "@aicd/core";
import { markPartial, storeChangeSet, type Task, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { findPartialWork } from "../tasks/kept/partial-work.ts";
import { move } from "../tasks/move.ts";
import type { IntentOf } from "./apply-intent.ts";
import { done, type Outcome, refused } from "./outcome.ts";

/** Of work whose runner was gone before its checks were run. */
const NOTHING_RUN: Evidence = { setup: [], before: [], after: [], sandbox: "none" };

/** `/aicd retry --partial`: the last work becomes a draft that says it is unfinished, without another run. */
export async function publishPartial(
  deps: Deps,
  tx: TenantTx,
  task: Task,
  intent: IntentOf<"retry.requested">,
): Promise<Outcome> {
  const partial = await findPartialWork(tx, task);
  if (partial.kind !== "publishable") return refused(`partial.${partial.kind}`);
  const { attemptId, body, digest, evidence, row } = partial.work;
  const proof = evidence ?? NOTHING_RUN;
  const stored =
    row ??
    (await storeChangeSet(tx, deps.mint, { taskId: task.id, attemptId, digest, body, evidence: proof }));
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "publishing.resumed",
    set: { reason: null, detail: null, changeSetId: stored.id },
    event: { by: intent.actor.login, partial: true },
  });
  if (moved === undefined) return refused("somebody.was.first");
  await markPartial(tx, stored.id);
  await deps.enqueue(tx, "publish-changes", { ...tx.scope, taskId: task.id });
  return done("partial.publishing");
}
