import type { Attempt, Task, TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { renderReceipt } from "../thread/receipt.ts";
import { say } from "./say.ts";

/** After a retry every inline comment of the review gets its receipt, in its own thread. */
export async function answerReview(
  deps: Deps,
  tx: TenantTx,
  input: { task: Task; attempt: Attempt; sha: string; pullRequest: { number: number } },
): Promise<void> {
  const { task, attempt, sha, pullRequest } = input;
  const receipts = new Map((attempt.receipts ?? []).map((receipt) => [receipt.commentId, receipt]));
  for (const comment of attempt.context?.snapshot.review?.comments ?? []) {
    await say(deps, tx, {
      taskId: task.id,
      key: `receipt:${comment.id}`,
      target: { kind: "review_comment", pullRequestNumber: pullRequest.number, commentId: comment.id },
      body: renderReceipt(receipts.get(comment.id), sha),
    });
  }
}
