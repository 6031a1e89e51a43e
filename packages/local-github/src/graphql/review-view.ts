import { type Commit, readCommit } from "../git/read.ts";
import { issueWebUrl } from "../issues/shape.ts";
import type { Review, ReviewComment, ReviewThread } from "../world/types.ts";
import { connection, type PageArgs } from "./connection.ts";
import type { Scope, View } from "./scope.ts";
import { minimizableView, writtenView } from "./written-view.ts";

export function reviewView(scope: Scope, review: Review): View {
  const url = `${issueWebUrl(scope.world, review.pull.issue)}#pullrequestreview-${review.id}`;
  return {
    __typename: "PullRequestReview",
    ...writtenView(scope, review),
    ...minimizableView(review),
    url,
    resourcePath: new URL(url).pathname,
    state: review.state,
    submittedAt: review.submittedAt ?? null,
    commit: () => commitAt(scope, review, review.commitId),
    pullRequest: () => scope.view.pull(review.pull),
    comments: (args: PageArgs) => connection("comments", review.comments, args, scope.view.reviewComment),
  };
}

export function threadOfReviewView(scope: Scope, thread: ReviewThread): View {
  return {
    __typename: "PullRequestReviewThread",
    id: thread.nodeId,
    path: thread.path,
    line: thread.line,
    originalLine: thread.originalLine,
    startLine: thread.startLine,
    originalStartLine: thread.startLine,
    diffSide: thread.side,
    startDiffSide: thread.startLine === null ? null : thread.side,
    subjectType: thread.subjectType.toUpperCase(),
    isResolved: thread.resolvedBy !== undefined,
    isOutdated: isOutdated(thread),
    isCollapsed: thread.resolvedBy !== undefined || isOutdated(thread),
    resolvedBy: thread.resolvedBy ? scope.view.account(thread.resolvedBy) : null,
    viewerCanReply: true,
    viewerCanResolve: thread.resolvedBy === undefined,
    viewerCanUnresolve: thread.resolvedBy !== undefined,
    pullRequest: () => scope.view.pull(thread.pull),
    repository: () => scope.view.repository(thread.pull.issue.repository),
    comments: (args: PageArgs) => connection("comments", thread.comments, args, scope.view.reviewComment),
  };
}

export function reviewCommentView(scope: Scope, comment: ReviewComment): View {
  const { thread, review } = comment;
  const url = `${issueWebUrl(scope.world, thread.pull.issue)}#discussion_r${comment.id}`;
  const outdated = isOutdated(thread);
  return {
    __typename: "PullRequestReviewComment",
    ...writtenView(scope, comment),
    ...minimizableView(comment),
    url,
    resourcePath: new URL(url).pathname,
    path: thread.path,
    line: thread.line,
    originalLine: thread.originalLine,
    startLine: thread.startLine,
    originalStartLine: thread.startLine,
    position: outdated ? null : comment.originalPosition,
    originalPosition: comment.originalPosition,
    diffHunk: comment.diffHunk,
    outdated,
    state: review.state === "PENDING" ? "PENDING" : "SUBMITTED",
    subjectType: thread.subjectType.toUpperCase(),
    replyTo: () => (comment.inReplyTo ? scope.view.reviewComment(comment.inReplyTo) : null),
    commit: () => commitAt(scope, review, comment.commitId),
    originalCommit: () => commitAt(scope, review, comment.originalCommitId),
    pullRequest: () => scope.view.pull(thread.pull),
    pullRequestReview: () => scope.view.review(review),
    pullRequestThread: () => scope.view.thread(thread),
  };
}

function isOutdated(thread: ReviewThread): boolean {
  return thread.subjectType === "line" && thread.line === null;
}

async function commitAt(scope: Scope, review: Review, oid: string): Promise<View | null> {
  const commit: Commit | undefined = await readCommit(scope.world, review.repository, oid);
  return commit ? scope.view.commit(review.repository, commit) : null;
}
