import type { InstallationClients } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

/** Hidden first line by which a comment of ours is found again after a crash. */
export function marker(key: string): string {
  return `<!-- aicd:${key.replaceAll("-->", "")} -->`;
}

/**
 * Posts a comment once: looks for its marker first, because an earlier try may have got through
 * without our learning of it. A marker counts only in a comment of our own App.
 * @param input.single two jobs may post it at once, and a slow answer outlives a turn: it is looked again
 *   afterwards, and of two the older one stays
 * @returns GitHub's id of the comment, and whether it was there already
 */
export async function postIssueComment(
  { read, write, turn }: InstallationClients,
  repository: RepositoryName,
  input: {
    issueNumber: number;
    key: string;
    body: string;
    appLogin: string;
    look: boolean;
    single?: boolean;
  },
): Promise<{ id: number; found: boolean }> {
  const repo = { owner: repository.owner, repo: repository.name };
  const mark = marker(input.key);
  if (input.look) {
    await turn();
    const found = await findIssueComment(read, repository, { ...input, mark });
    if (found !== undefined) return { id: found, found: true };
  }
  const { data } = await write.rest.issues.createComment({
    ...repo,
    issue_number: input.issueNumber,
    body: `${mark}\n${input.body}`,
  });
  const id = Number(data.id);
  if (input.single !== true) return { id, found: false };
  const first = await findIssueComment(read, repository, { ...input, mark });
  if (first === undefined || first === id) return { id, found: false };
  await deleteIssueComment(write, repository, id);
  return { id: first, found: true };
}

/** One that is gone already is as good. */
async function deleteIssueComment(
  write: InstallationClients["write"],
  repository: RepositoryName,
  commentId: number,
): Promise<void> {
  try {
    await write.rest.issues.deleteComment({
      owner: repository.owner,
      repo: repository.name,
      comment_id: commentId,
    });
  } catch (error) {
    if (!isStatus(error, 404) && !isStatus(error, 410)) throw error;
  }
}

async function findIssueComment(
  read: InstallationClients["read"],
  repository: RepositoryName,
  input: { issueNumber: number; mark: string; appLogin: string },
): Promise<number | undefined> {
  for (let page = 1; page <= 20; page++) {
    const { data } = await read.rest.issues.listComments({
      owner: repository.owner,
      repo: repository.name,
      issue_number: input.issueNumber,
      per_page: 100,
      page,
    });
    const found = data.find(
      (comment) => comment.user?.login === input.appLogin && comment.body?.startsWith(input.mark),
    );
    if (found !== undefined) return Number(found.id);
    if (data.length < 100) return undefined;
  }
  return undefined;
}

/** False: somebody deleted the comment, or the issue with it. */
export async function editIssueComment(
  write: InstallationClients["write"],
  repository: RepositoryName,
  input: { commentId: number; key: string; body: string },
): Promise<boolean> {
  try {
    await write.rest.issues.updateComment({
      owner: repository.owner,
      repo: repository.name,
      comment_id: input.commentId,
      body: `${marker(input.key)}\n${input.body}`,
    });
    return true;
  } catch (error) {
    if (isStatus(error, 404) || isStatus(error, 410)) return false;
    throw error;
  }
}

/** Answers in the thread of a review comment, once per key. */
export async function replyToReviewComment(
  { read, write, turn }: InstallationClients,
  repository: RepositoryName,
  input: {
    pullRequestNumber: number;
    commentId: number;
    key: string;
    body: string;
    appLogin: string;
    look: boolean;
  },
): Promise<{ id: number; found: boolean }> {
  const repo = { owner: repository.owner, repo: repository.name, pull_number: input.pullRequestNumber };
  const mark = marker(input.key);
  if (input.look) {
    await turn();
    const { data } = await read.rest.pulls.listReviewComments({
      ...repo,
      per_page: 100,
      sort: "created",
      direction: "desc",
    });
    const found = data.find(
      (comment) => comment.user?.login === input.appLogin && comment.body.startsWith(mark),
    );
    if (found !== undefined) return { id: Number(found.id), found: true };
  }
  const { data } = await write.rest.pulls.createReplyForReviewComment({
    ...repo,
    comment_id: input.commentId,
    body: `${mark}\n${input.body}`,
  });
  return { id: Number(data.id), found: false };
}
