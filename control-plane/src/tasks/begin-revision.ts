import { type CiNote, countAttempts, type Task, type TaskChange, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { move } from "./move.ts";

/**
 * From an open pull request, or from a retry that gave up, back to work, with every review that is not answered
 * yet. False: it is at work already, or over.
 */
export async function beginRevision(
  deps: Deps,
  tx: TenantTx,
  /** `by`: who asked; undefined: reviews that had waited begin it. */
  input: {
    task: Task;
    by: string | undefined;
    trigger?: "revision.requested" | "retry.requested" | "checks.failed";
    ci?: CiNote | null;
  },
): Promise<boolean> {
  const { task, by, trigger = "revision.requested", ci = by === undefined ? undefined : null } = input;
  const { set, reviewIds } = takeReviews(task);
  const moved = await move(deps, tx, {
    taskId: task.id,
    trigger,
    set: {
      ...set,
      // Where a person speaks, what the checks came to before is counted anew.
      ...(ci === undefined ? {} : { ci }),
      phase: "revise",
      retriesFrom: await countAttempts(tx, task.id),
      ...(trigger === "retry.requested" ? { reason: null, detail: null } : {}),
    },
    event: {
      ...(by !== undefined ? { by } : trigger === "checks.failed" ? {} : { waited: true }),
      reviewIds: reviewIds.join(", "),
    },
  });
  if (moved === undefined) return false;
  await deps.enqueue(tx, "start-attempt", { ...tx.scope, taskId: task.id });
  return true;
}

/** Those of a round that failed are not answered; those that waited join them. */
export function takeReviews(task: Task): { set: TaskChange; reviewIds: number[] } {
  const reviewIds = [...new Set([...task.reviewIds, ...task.waitingReviewIds])];
  const reviewId = reviewIds.at(-1) ?? task.reviewId;
  return { set: { reviewIds, waitingReviewIds: [], reviewId, nextReviewId: null }, reviewIds };
}
