import type { CommentId } from "@aicd/core";
import {
  type CommentRow,
  findComment,
  findRepository,
  findTask,
  notePosted,
  type Repository,
  type TenantTx,
} from "@aicd/db";
import { postIssueComment, replyToReviewComment } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { grantedFor, repositoryOf, scopeOf } from "../facts.ts";

/** Job `post-comment`: posts a text that is written down, once. */
export async function postComment(
  deps: Deps,
  payload: { tenantId: string; commentId: string },
): Promise<void> {
  const scope = scopeOf(payload);
  const loaded = await deps.db.withTenant(scope, async (tx) => {
    const comment = await findComment(tx, payload.commentId as CommentId);
    if (comment === undefined || comment.githubId !== null) return undefined;
    const repository = await repositoryOfComment(tx, comment);
    return repository === undefined ? undefined : { comment, repository };
  });
  if (loaded === undefined) return;
  const { comment, repository } = loaded;
  const clients = grantedFor(deps, repository, "write-thread");
  const text = { key: comment.id, body: comment.body, appLogin: deps.appLogin, look: true };
  const { target } = comment;
  const { id } =
    target.kind === "issue"
      ? await postIssueComment(clients, repository, { ...text, issueNumber: target.number })
      : await replyToReviewComment(clients, repository, { ...text, ...target });
  await deps.db.withTenant(scope, (tx) => notePosted(tx, comment.id, id));
}

async function repositoryOfComment(
  tx: TenantTx,
  { taskId, repositoryId }: CommentRow,
): Promise<Repository | undefined> {
  if (repositoryId !== null) return findRepository(tx, repositoryId);
  const task = taskId === null ? undefined : await findTask(tx, taskId);
  return task === undefined ? undefined : repositoryOf(tx, task);
}
