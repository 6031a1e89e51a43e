import type { Actor } from "../http/route.ts";
import type { ReviewComment, ReviewThread } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { addToThread } from "./comment.ts";
import { announceReview, emptyReview } from "./review.ts";

/** Answers in a thread; GitHub wraps the answer into a review of its own. */
export function reply(world: World, thread: ReviewThread, actor: Actor, body: string): ReviewComment {
  const first = thread.comments[0] as ReviewComment;
  const { pull } = thread;
  const review = emptyReview(world, pull, actor, { body: "", state: "COMMENTED", commitId: undefined });
  const comment = addToThread(world, review, thread, actor, {
    body,
    diffHunk: first.diffHunk,
    originalPosition: first.originalPosition,
    inReplyTo: first,
  });
  pull.reviews.push(review);
  world.nodes.set(review.nodeId, { type: "PullRequestReview", value: review });
  announceReview(world, review, actor);
  return comment;
}
