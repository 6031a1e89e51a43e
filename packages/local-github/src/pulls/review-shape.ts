import { authorship, issueWebUrl, reactionRollup } from "../issues/shape.ts";
import { apiUrl } from "../repositories/shape.ts";
import type { Review, ReviewComment } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { pullUrl } from "./shape.ts";

export function reviewShape(world: World, review: Review) {
  const html = `${issueWebUrl(world, review.pull.issue)}#pullrequestreview-${review.id}`;
  const pull = pullUrl(world, review.pull);
  const { created_at: _created, updated_at: _updated, ...author } = authorship(world, review);
  return {
    id: review.id,
    node_id: review.nodeId,
    ...author,
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    ...(review.submittedAt ? { submitted_at: review.submittedAt } : {}),
    commit_id: review.commitId,
  };
}

/** Positions are left out once the line is gone: GitHub's schema does not allow its own nulls there. */
export function reviewCommentShape(world: World, comment: ReviewComment) {
  const { thread } = comment;
  const pull = pullUrl(world, thread.pull);
  const url = `${apiUrl(world, comment.repository)}/pulls/comments/${comment.id}`;
  const html = `${issueWebUrl(world, thread.pull.issue)}#discussion_r${comment.id}`;
  const position = comment.originalPosition;
  const located = thread.subjectType === "line";
  return {
    url,
    pull_request_review_id: comment.review.id,
    id: comment.id,
    node_id: comment.nodeId,
    diff_hunk: comment.diffHunk,
    path: thread.path,
    commit_id: comment.commitId,
    original_commit_id: comment.originalCommitId,
    ...authorship(world, comment),
    body: comment.body,
    html_url: html,
    pull_request_url: pull,
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pull } },
    reactions: reactionRollup(url, comment.reactions),
    start_line: thread.startLine,
    original_start_line: thread.startLine,
    start_side: thread.startLine === null ? null : thread.side,
    side: thread.side,
    subject_type: thread.subjectType,
    original_position: position,
    ...(located && thread.line !== null ? { line: thread.line, position } : {}),
    ...(thread.originalLine === null ? {} : { original_line: thread.originalLine }),
    ...(comment.inReplyTo ? { in_reply_to_id: comment.inReplyTo.id } : {}),
  };
}

/** The same comment in `GET …/reviews/{id}/comments`, whose schema keeps `position` and allows null. */
export function commentInReview(world: World, comment: ReviewComment) {
  const shape = reviewCommentShape(world, comment);
  return { ...shape, position: shape.position ?? null };
}

/** Webhook payloads say null where REST leaves the field out. */
export function reviewCommentInWebhook(world: World, comment: ReviewComment) {
  const shape = reviewCommentShape(world, comment);
  return {
    ...shape,
    position: shape.position ?? null,
    line: shape.line ?? null,
    original_line: comment.thread.originalLine,
  };
}
