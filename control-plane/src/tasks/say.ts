import { type CommentOwner, type CommentTarget, storeComment, type TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";

/** Owes the thread a new comment, once per key. New comments notify people: only for what they must see. */
export async function say(
  deps: Deps,
  tx: TenantTx,
  input: CommentOwner & { key: string; target: CommentTarget; body: string },
): Promise<void> {
  const comment = await storeComment(tx, deps.mint, input);
  if (comment === undefined) return;
  await deps.enqueue(tx, "post-comment", { ...tx.scope, commentId: comment.id });
}
