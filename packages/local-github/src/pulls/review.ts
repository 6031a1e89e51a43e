import { validationFailed } from "../http/errors.ts";
import type { Actor } from "../http/route.ts";
import { authored } from "../issues/issue.ts";
import { announce } from "../webhooks/announce.ts";
import type { Pull, Review, ReviewState } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { addThread, announceReviewComment, type NewThread } from "./comment.ts";
import { reviewShape } from "./review-shape.ts";
import { pullSimple } from "./shape.ts";

export interface NewReview {
  body: string;
  /** `PENDING` keeps the review to its author until it is submitted. */
  state: ReviewState;
  commitId: string | undefined;
  threads: readonly NewThread[];
}

/** Adds a review with its inline comments, or throws 422 when one of them is not on the diff. */
export function addReview(world: World, pull: Pull, actor: Actor, input: NewReview): Review {
  const own = pull.issue.user === actor.account;
  if (own && (input.state === "APPROVED" || input.state === "CHANGES_REQUESTED")) {
    const verb = input.state === "APPROVED" ? "approve" : "request changes on";
    throw validationFailed({
      resource: "PullRequestReview",
      code: "custom",
      message: `Can not ${verb} your own pull request`,
    });
  }
  const review = emptyReview(world, pull, actor, input);
  for (const thread of input.threads) addThread(world, review, actor, thread);
  pull.reviews.push(review);
  world.nodes.set(review.nodeId, { type: "PullRequestReview", value: review });
  if (review.state !== "PENDING") announceReview(world, review, actor);
  return review;
}

export function submitReview(
  world: World,
  review: Review,
  actor: Actor,
  state: ReviewState,
  body: string,
): void {
  review.state = state;
  review.submittedAt = world.now();
  if (body) review.body = body;
  announceReview(world, review, actor);
}

/** A review without comments, not yet part of the pull request. */
export function emptyReview(
  world: World,
  pull: Pull,
  actor: Actor,
  input: Pick<NewReview, "body" | "state" | "commitId">,
): Review {
  return {
    ...world.mint("review"),
    ...authored(world, pull.issue.repository, actor, input.body),
    kind: "PullRequestReview",
    pull,
    state: input.state,
    commitId: input.commitId ?? pull.headSha,
    submittedAt: input.state === "PENDING" ? undefined : world.now(),
    comments: [],
    minimizedReason: undefined,
  };
}

export function announceReview(world: World, review: Review, actor: Actor): void {
  const { pull } = review;
  pull.issue.updatedAt = world.now();
  pull.requestedReviewers = pull.requestedReviewers.filter((each) => each !== actor.account);
  const shape = reviewShape(world, review);
  announce(world, {
    event: "pull_request_review",
    action: "submitted",
    repository: review.repository,
    sender: actor.account,
    payload: {
      review: {
        ...shape,
        state: review.state.toLowerCase(),
        body: review.body || null,
        submitted_at: review.submittedAt,
      },
      pull_request: pullSimple(world, pull),
    },
  });
  for (const comment of review.comments) announceReviewComment(world, comment, actor);
}
