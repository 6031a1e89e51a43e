import type { CommentId, TaskId } from "@aicd/core";
import { findComment, findTask, notePosted } from "@aicd/db";
import { postIssueComment, replyToReviewComment } from "@aicd/github";
import type { Deps } from "../deps.ts";
import { repositoryOf, scopeOf } from "../facts.ts";

/** Job `post-comment`: posts a text that is written down, once. */
export async function postComment(
  deps: Deps,
  payload: { tenantId: string; commentId: string },
): Promise<void> {
  const scope = scopeOf(payload);
  const loaded = await deps.db.withTenant(scope, async (tx) => {
    const comment = await findComment(tx, payload.commentId as CommentId);
    if (comment === undefined || comment.githubId !== null) return undefined;
    const task = await findTask(tx, comment.taskId as TaskId);
    if (task === undefined) return undefined;
    return { comment, repository: await repositoryOf(tx, task) };
  });
  if (loaded === undefined) return;
  const { comment, repository } = loaded;
  const clients = deps.github.installation(repository.installationGithubId);
  const text = { key: comment.id, body: comment.body, appLogin: deps.appLogin, look: true };
  const { target } = comment;
  const { id } =
    target.kind === "issue"
      ? await postIssueComment(clients, repository, { ...text, issueNumber: target.number })
      : await replyToReviewComment(clients, repository, { ...text, ...target });
  await deps.db.withTenant(scope, (tx) => notePosted(tx, comment.id, id));
}
