import { repositoryRoute } from "../http/door.ts";
import { forbidden, notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { type Actor, created, gone, ok, type Route, updated } from "../http/route.ts";
import { checkUnlocked } from "../rules/lock.ts";
import { checkText } from "../rules/text.ts";
import type { IssueComment, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { addComment, deleteComment, editComment } from "./comment.ts";
import { issueNumbered, mayTriage, READ, ref, WRITE } from "./routes.ts";
import { commentShape } from "./shape.ts";

export const commentRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/issues/{issue_number}/comments", READ, (call) => {
    const { since } = call.query;
    const comments = issueNumbered(call, call.params.issue_number).comments;
    const { items, headers } = paginate(
      call,
      comments.filter((comment) => !since || comment.updatedAt >= since),
    );
    return ok(
      items.map((comment) => commentShape(call.world, comment)),
      headers,
    );
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments", WRITE, (call) => {
    const issue = issueNumbered(call, call.params.issue_number);
    checkUnlocked(issue, call.actor, "comment");
    checkText("issueComment", call.body.body);
    const comment = addComment(call.world, issue, call.actor, call.body.body);
    return created(commentShape(call.world, comment), `commented on ${ref(issue)}`);
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/issues/comments", READ, (call) => {
    const { since, direction } = call.query;
    const comments = [...call.repository.issues.values()]
      .flatMap((issue) => issue.comments)
      .filter((comment) => !since || comment.updatedAt >= since)
      .sort((a, b) => a.id - b.id);
    if (direction === "desc") comments.reverse();
    const { items, headers } = paginate(call, comments);
    return ok(
      items.map((comment) => commentShape(call.world, comment)),
      headers,
    );
  }),
  repositoryRoute("get", "/repos/{owner}/{repo}/issues/comments/{comment_id}", READ, (call) => {
    return ok(commentShape(call.world, commentOf(call.world, call.repository, call.params.comment_id)));
  }),
  repositoryRoute("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}", WRITE, (call) => {
    const comment = commentOf(call.world, call.repository, call.params.comment_id);
    mustOwn(comment, call.actor);
    checkText("issueComment", call.body.body);
    editComment(call.world, comment, call.actor, call.body.body);
    return updated(
      commentShape(call.world, comment),
      `edited comment ${comment.id} on ${ref(comment.issue)}`,
    );
  }),
  repositoryRoute("delete", "/repos/{owner}/{repo}/issues/comments/{comment_id}", WRITE, (call) => {
    const comment = commentOf(call.world, call.repository, call.params.comment_id);
    mustOwn(comment, call.actor);
    deleteComment(call.world, comment, call.actor);
    return gone(`deleted comment ${comment.id} on ${ref(comment.issue)}`);
  }),
];

export function commentOf(world: World, repository: Repository, id: number): IssueComment {
  const comment = world.comments.get(id);
  if (comment?.repository !== repository) throw notFound();
  return comment;
}

/** People change their own comments; those who may triage, and Apps with the permission, change any. */
function mustOwn(comment: IssueComment, actor: Actor): void {
  if (comment.user === actor.account || mayTriage(comment.repository, actor)) return;
  throw forbidden("Must have admin rights to Repository.");
}
