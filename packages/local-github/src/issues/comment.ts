import type { Actor } from "../http/route.ts";
import { announce } from "../webhooks/announce.ts";
import type { Issue, IssueComment } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { authored, setBody } from "./issue.ts";
import { commentShape, issueInWebhook } from "./shape.ts";

export function addComment(world: World, issue: Issue, actor: Actor, body: string): IssueComment {
  const comment: IssueComment = {
    ...world.mint("comment"),
    ...authored(world, issue.repository, actor, body),
    kind: "IssueComment",
    issue,
    minimizedReason: undefined,
  };
  issue.comments.push(comment);
  issue.updatedAt = comment.createdAt;
  world.comments.set(comment.id, comment);
  world.nodes.set(comment.nodeId, { type: "IssueComment", value: comment });
  announceComment(world, comment, "created", actor);
  return comment;
}

export function editComment(world: World, comment: IssueComment, actor: Actor, body: string): void {
  if (body === comment.body) return;
  const changes = { body: { from: comment.body } };
  setBody(world, comment, body, actor);
  announceComment(world, comment, "edited", actor, { changes });
}

export function deleteComment(world: World, comment: IssueComment, actor: Actor): void {
  comment.issue.comments = comment.issue.comments.filter((each) => each !== comment);
  world.comments.delete(comment.id);
  world.nodes.delete(comment.nodeId);
  announceComment(world, comment, "deleted", actor);
}

function announceComment(
  world: World,
  comment: IssueComment,
  action: "created" | "edited" | "deleted",
  actor: Actor,
  more: Record<string, unknown> = {},
): void {
  announce(world, {
    event: "issue_comment",
    action,
    repository: comment.repository,
    sender: actor.account,
    payload: {
      ...more,
      issue: issueInWebhook(world, comment.issue),
      comment: commentShape(world, comment),
    },
  });
}
