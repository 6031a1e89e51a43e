import { GitHubError, notFound } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { authored } from "../issues/issue.ts";
import { announce } from "../webhooks/announce.ts";
import type { Repository, Review, ReviewComment, ReviewThread, Side } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { positionOf } from "./hunk.ts";
import { reviewCommentInWebhook } from "./review-shape.ts";
import { pullSimple } from "./shape.ts";

export interface NewThread {
  path: string;
  body: string;
  /** Undefined comments on the file as a whole. */
  line: number | undefined;
  side: Side;
  startLine: number | undefined;
}

/** Starts a conversation on a line of the diff. Throws GitHub's 422 when the line is not part of it. */
export function addThread(world: World, review: Review, actor: Actor, input: NewThread): ReviewComment {
  const { pull } = review;
  const file = pull.comparison.files.find((each) => each.filename === input.path);
  if (!file) throw unresolved("Path could not be resolved");
  const whole = { hunk: "", position: 1 };
  const position = input.line === undefined ? whole : positionOf(file.patch ?? "", input.line, input.side);
  if (!position) throw unresolved("Line could not be resolved");
  const thread: ReviewThread = {
    nodeId: world.mint("thread").nodeId,
    pull,
    path: input.path,
    line: input.line ?? null,
    originalLine: input.line ?? null,
    startLine: input.startLine ?? null,
    side: input.side,
    subjectType: input.line === undefined ? "file" : "line",
    resolvedBy: undefined,
    comments: [],
  };
  pull.threads.push(thread);
  world.nodes.set(thread.nodeId, { type: "PullRequestReviewThread", value: thread });
  return addToThread(world, review, thread, actor, {
    body: input.body,
    diffHunk: position.hunk,
    originalPosition: position.position,
    inReplyTo: undefined,
  });
}

/** Adds one comment without telling anyone. */
export function addToThread(
  world: World,
  review: Review,
  thread: ReviewThread,
  actor: Actor,
  input: Pick<ReviewComment, "body" | "diffHunk" | "originalPosition" | "inReplyTo">,
): ReviewComment {
  const comment: ReviewComment = {
    ...world.mint("reviewComment"),
    ...authored(world, thread.pull.issue.repository, actor, input.body),
    kind: "PullRequestReviewComment",
    review,
    thread,
    commitId: review.commitId,
    originalCommitId: review.commitId,
    diffHunk: input.diffHunk,
    originalPosition: input.originalPosition,
    inReplyTo: input.inReplyTo,
    minimizedReason: undefined,
  };
  thread.comments.push(comment);
  review.comments.push(comment);
  world.reviewComments.set(comment.id, comment);
  world.nodes.set(comment.nodeId, { type: "PullRequestReviewComment", value: comment });
  return comment;
}

export function announceReviewComment(
  world: World,
  comment: ReviewComment,
  actor: Actor,
  action: "created" | "edited" | "deleted" = "created",
  more: Record<string, unknown> = {},
): void {
  announce(world, {
    event: "pull_request_review_comment",
    action,
    repository: comment.repository,
    sender: actor.account,
    payload: {
      ...more,
      comment: reviewCommentInWebhook(world, comment),
      pull_request: pullSimple(world, comment.thread.pull),
    },
  });
}

export function setResolved(world: World, thread: ReviewThread, actor: Actor, resolved: boolean): void {
  if ((thread.resolvedBy !== undefined) === resolved) return;
  thread.resolvedBy = resolved ? actor.account : undefined;
  const { pull } = thread;
  announce(world, {
    event: "pull_request_review_thread",
    action: resolved ? "resolved" : "unresolved",
    repository: pull.issue.repository,
    sender: actor.account,
    payload: {
      thread: {
        node_id: thread.nodeId,
        comments: thread.comments.map((comment) => reviewCommentInWebhook(world, comment)),
      },
      pull_request: pullSimple(world, pull),
    },
  });
}

export function reviewCommentOf(world: World, repository: Repository, id: number): ReviewComment {
  const comment = world.reviewComments.get(id);
  if (comment?.repository !== repository) throw notFound();
  return comment;
}

function unresolved(error: string): GitHubError {
  return new GitHubError(422, "Unprocessable Entity", { errors: [error] });
}
