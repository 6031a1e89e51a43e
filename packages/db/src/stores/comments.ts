import type { CommentId, MintId, RepositoryId, TaskId } from "@aicd/core";
import { and, eq } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type CommentTarget, comments } from "../schema/records.ts";

/** A comment belongs to a task, or where there is none to the repository. */
export type CommentOwner = { taskId: TaskId } | { repositoryId: RepositoryId };
export type CommentRow = typeof comments.$inferSelect;

/** Writes down a text that is to be posted, once per key; undefined: it was written down before. */
export async function storeComment(
  tx: TenantTx,
  mint: MintId,
  input: CommentOwner & { key: string; target: CommentTarget; body: string },
): Promise<CommentRow | undefined> {
  const [row] = await tx.db
    .insert(comments)
    .values({ ...input, tenantId: tx.scope.tenantId, id: mint("comment") })
    .onConflictDoNothing()
    .returning();
  return row;
}

export async function findComment(tx: TenantTx, id: CommentId): Promise<CommentRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(comments)
    .where(and(eq(comments.tenantId, tx.scope.tenantId), eq(comments.id, id)));
  return row;
}

/** GitHub's id of the comment that a task was given under this key; undefined: it is not posted. */
export async function findPosted(
  tx: TenantTx,
  input: { taskId: TaskId; key: string },
): Promise<number | undefined> {
  const [row] = await tx.db
    .select({ githubId: comments.githubId })
    .from(comments)
    .where(
      and(
        eq(comments.tenantId, tx.scope.tenantId),
        eq(comments.taskId, input.taskId),
        eq(comments.key, input.key),
      ),
    );
  return row?.githubId ?? undefined;
}

export async function notePosted(tx: TenantTx, id: CommentId, githubId: number): Promise<void> {
  await tx.db
    .update(comments)
    .set({ githubId })
    .where(and(eq(comments.tenantId, tx.scope.tenantId), eq(comments.id, id)));
}
