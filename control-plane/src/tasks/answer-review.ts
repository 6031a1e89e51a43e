import type { ThreadReceipt } from "@aicd/core";
import type { Attempt, Task, TenantTx } from "@aicd/db";
import { paragraph } from "@aicd/github";
import type { Deps } from "../deps.ts";
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

function renderReceipt(receipt: ThreadReceipt | undefined, sha: string): string {
  if (receipt === undefined) return `Looked at; nothing in ${sha} speaks to this comment in particular.`;
  const text = paragraph(receipt.text);
  if (receipt.kind === "changed") return `Changed in ${sha}: ${text}`;
  if (receipt.kind === "declined") return `Not changed: ${text}`;
  return `A question before I change this: ${text}`;
}
