import { repositoryRoute } from "../http/door.ts";
import { notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { type Actor, gone, ok, type Reply, type Route } from "../http/route.ts";
import { reviewCommentOf } from "../pulls/comment.ts";
import { checkUnlocked } from "../rules/lock.ts";
import type { Account } from "../world/account.ts";
import type { Authored, Reaction, ReactionContent } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { commentOf } from "./comment-routes.ts";
import { conversationOf } from "./lock.ts";
import { react, withdraw } from "./reaction.ts";
import { issueNumbered, READ, WRITE } from "./routes.ts";
import { reactionShape } from "./shape.ts";

const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}/reactions";
const COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";
const REVIEW_COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions";
const PULL_READ = { app: ["pull_requests:read"], user: "read" } as const;
const PULL_WRITE = { app: ["pull_requests:write"], user: "read" } as const;

/** The same three verbs on the three things REST can react to; a review body needs GraphQL. */
export const reactionRoutes: Route[] = [
  repositoryRoute("get", ISSUE, READ, (call) => list(call, issueNumbered(call, call.params.issue_number))),
  repositoryRoute("post", ISSUE, WRITE, (call) => add(call, issueNumbered(call, call.params.issue_number))),
  repositoryRoute("delete", `${ISSUE}/{reaction_id}`, WRITE, (call) =>
    remove(call, issueNumbered(call, call.params.issue_number)),
  ),
  repositoryRoute("get", COMMENT, READ, (call) =>
    list(call, commentOf(call.world, call.repository, call.params.comment_id)),
  ),
  repositoryRoute("post", COMMENT, WRITE, (call) =>
    add(call, commentOf(call.world, call.repository, call.params.comment_id)),
  ),
  repositoryRoute("delete", `${COMMENT}/{reaction_id}`, WRITE, (call) =>
    remove(call, commentOf(call.world, call.repository, call.params.comment_id)),
  ),
  repositoryRoute("get", REVIEW_COMMENT, PULL_READ, (call) =>
    list(call, reviewCommentOf(call.world, call.repository, call.params.comment_id)),
  ),
  repositoryRoute("post", REVIEW_COMMENT, PULL_WRITE, (call) =>
    add(call, reviewCommentOf(call.world, call.repository, call.params.comment_id)),
  ),
  repositoryRoute("delete", `${REVIEW_COMMENT}/{reaction_id}`, PULL_WRITE, (call) =>
    remove(call, reviewCommentOf(call.world, call.repository, call.params.comment_id)),
  ),
];

interface ListCall {
  world: World;
  url: string;
  query: {
    content?: string | undefined;
    page?: number | undefined;
    per_page?: number | undefined;
  };
}

function list(call: ListCall, subject: Authored): Reply {
  const { content } = call.query;
  const matching = subject.reactions.filter((reaction) => !content || reaction.content === content);
  const { items, headers } = paginate(call, matching);
  return ok(
    items.map((reaction) => reactionShape(call.world, reaction)),
    headers,
  );
}

function add(
  call: { world: World; actor: Actor; body: { content: ReactionContent } },
  subject: Parameters<typeof conversationOf>[0],
): Reply {
  checkUnlocked(conversationOf(subject), call.actor, "reaction");
  const { reaction, isNew } = react(call.world, subject, call.actor.account, call.body.content);
  const body = reactionShape(call.world, reaction);
  if (!isNew) return ok(body);
  return { status: 201, body, effect: `reacted ${reaction.content} to ${subject.nodeId}` };
}

function remove(call: { actor: Actor; params: { reaction_id: number } }, subject: Authored): Reply {
  const removed = withdraw(subject, (reaction) =>
    mine(reaction, call.actor.account, call.params.reaction_id),
  );
  if (!removed) throw notFound();
  return gone(`withdrew ${removed.content} from ${subject.nodeId}`);
}

function mine(reaction: Reaction, account: Account, id: number): boolean {
  return reaction.id === id && reaction.user === account;
}
