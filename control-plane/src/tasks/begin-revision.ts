import { countAttempts, type Task, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { move } from "./move.ts";

/** From an open pull request back to work. False: it is not open, or at work already. */
export async function beginRevision(
  deps: Deps,
  tx: TenantTx,
  input: { task: Task; reviewId: number; by: string },
): Promise<boolean> {
  const { task, reviewId, by } = input;
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger: "revision.requested",
    set: { phase: "revise", reviewId, nextReviewId: null, retriesFrom: await countAttempts(tx, task.id) },
    event: { by, reviewId },
  });
  if (moved === undefined) return false;
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return true;
}
