import { repositoryRoute } from "../http/door.ts";
import { forbidden, GitHubError, notFound } from "../http/errors.ts";
import { paginate } from "../http/paging.ts";
import { type Actor, created, gone, ok, type Route, updated } from "../http/route.ts";
import { setBody } from "../issues/issue.ts";
import { mayTriage, ref } from "../issues/routes.ts";
import { checkUnlocked } from "../rules/lock.ts";
import { checkText } from "../rules/text.ts";
import type { Pull, Review, ReviewComment, ReviewState, Side } from "../world/types.ts";
import { addThread, announceReviewComment, type NewThread, reviewCommentOf } from "./comment.ts";
import { lineAt } from "./hunk.ts";
import { reply } from "./reply.ts";
import { addReview, announceReview, emptyReview, submitReview } from "./review.ts";
import { commentInReview, reviewCommentShape, reviewShape } from "./review-shape.ts";
import { PULL_READ, PULL_WRITE, pullNumbered } from "./routes.ts";

/** Anyone who can see a pull request may review it; only an App needs the permission. */
const REVIEW = { app: PULL_WRITE.app, user: "read" } as const;
const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

export const reviewRoutes: Route[] = [
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", PULL_READ, (call) => {
    const { reviews } = pullNumbered(call, call.params.pull_number);
    const visible = reviews.filter(
      (review) => review.state !== "PENDING" || review.user === call.actor.account,
    );
    const { items, headers } = paginate(call, visible);
    return ok(
      items.map((review) => reviewShape(call.world, review)),
      headers,
    );
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", REVIEW, (call) => {
    const pull = pullNumbered(call, call.params.pull_number);
    const { body = "", event, comments = [], commit_id: commitId } = call.body ?? {};
    checkUnlocked(pull.issue, call.actor, "review");
    const state: ReviewState = event ? STATES[event] : "PENDING";
    checkText("review", body);
    if ((state === "COMMENTED" || state === "CHANGES_REQUESTED") && !body && comments.length === 0) {
      throw new GitHubError(422, "Unprocessable Entity", { errors: [`Body can't be blank`] });
    }
    for (const comment of comments) checkText("reviewComment", comment.body);
    const threads = comments.map((comment) => threadFrom(pull, comment));
    const review = addReview(call.world, pull, call.actor, { body, state, commitId, threads });
    const summary = `reviewed ${ref(pull.issue)}: ${state.toLowerCase()}, ${threads.length} comments`;
    return updated(reviewShape(call.world, review), summary);
  }),
  repositoryRoute(
    "get",
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}",
    PULL_READ,
    (call) => {
      const pull = pullNumbered(call, call.params.pull_number);
      return ok(reviewShape(call.world, reviewOf(pull, call.params.review_id)));
    },
  ),
  repositoryRoute(
    "post",
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events",
    REVIEW,
    (call) => {
      const pull = pullNumbered(call, call.params.pull_number);
      const review = reviewOf(pull, call.params.review_id);
      if (review.user !== call.actor.account || review.state !== "PENDING") throw notFound();
      submitReview(call.world, review, call.actor, STATES[call.body.event], call.body.body ?? "");
      return updated(reviewShape(call.world, review), `submitted a review of ${ref(pull.issue)}`);
    },
  ),
  repositoryRoute(
    "get",
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments",
    PULL_READ,
    (call) => {
      const pull = pullNumbered(call, call.params.pull_number);
      const { items, headers } = paginate(call, reviewOf(pull, call.params.review_id).comments);
      return ok(
        items.map((comment) => commentInReview(call.world, comment)),
        headers,
      );
    },
  ),
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls/{pull_number}/comments", PULL_READ, (call) => {
    const { since, direction } = call.query;
    const comments = pullNumbered(call, call.params.pull_number)
      .reviews.flatMap((review) => review.comments)
      .filter((comment) => !since || comment.updatedAt >= since)
      .sort((a, b) => a.id - b.id);
    if (direction === "desc") comments.reverse();
    const { items, headers } = paginate(call, comments);
    return ok(
      items.map((comment) => reviewCommentShape(call.world, comment)),
      headers,
    );
  }),
  repositoryRoute("post", "/repos/{owner}/{repo}/pulls/{pull_number}/comments", REVIEW, (call) => {
    const pull = pullNumbered(call, call.params.pull_number);
    const { body, commit_id: commitId } = call.body;
    checkUnlocked(pull.issue, call.actor, "review");
    checkText("reviewComment", body);
    const review = emptyReview(call.world, pull, call.actor, { body: "", state: "COMMENTED", commitId });
    const comment = addThread(call.world, review, call.actor, threadFrom(pull, call.body));
    pull.reviews.push(review);
    announceReview(call.world, review, call.actor);
    return created(reviewCommentShape(call.world, comment), `commented on a line of ${ref(pull.issue)}`);
  }),
  repositoryRoute(
    "post",
    "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
    REVIEW,
    (call) => {
      const comment = reviewCommentOf(call.world, call.repository, call.params.comment_id);
      if (comment.thread.pull.issue.number !== call.params.pull_number) throw notFound();
      checkUnlocked(comment.thread.pull.issue, call.actor, "review");
      checkText("reviewComment", call.body.body);
      const answer = reply(call.world, comment.thread, call.actor, call.body.body);
      return created(reviewCommentShape(call.world, answer), `replied to review comment ${comment.id}`);
    },
  ),
  repositoryRoute("get", "/repos/{owner}/{repo}/pulls/comments/{comment_id}", PULL_READ, (call) => {
    return ok(
      reviewCommentShape(call.world, reviewCommentOf(call.world, call.repository, call.params.comment_id)),
    );
  }),
  repositoryRoute("patch", "/repos/{owner}/{repo}/pulls/comments/{comment_id}", REVIEW, (call) => {
    const comment = reviewCommentOf(call.world, call.repository, call.params.comment_id);
    mustOwn(comment, call.actor);
    checkText("reviewComment", call.body.body);
    const changes = { body: { from: comment.body } };
    setBody(call.world, comment, call.body.body, call.actor);
    announceReviewComment(call.world, comment, call.actor, "edited", { changes });
    return updated(reviewCommentShape(call.world, comment), `edited review comment ${comment.id}`);
  }),
  repositoryRoute("delete", "/repos/{owner}/{repo}/pulls/comments/{comment_id}", REVIEW, (call) => {
    const comment = reviewCommentOf(call.world, call.repository, call.params.comment_id);
    mustOwn(comment, call.actor);
    const drop = (list: ReviewComment[]) => list.filter((each) => each !== comment);
    comment.review.comments = drop(comment.review.comments);
    comment.thread.comments = drop(comment.thread.comments);
    call.world.reviewComments.delete(comment.id);
    announceReviewComment(call.world, comment, call.actor, "deleted");
    return gone(`deleted review comment ${comment.id}`);
  }),
];

function reviewOf(pull: Pull, id: number): Review {
  const review = pull.reviews.find((each) => each.id === id);
  if (!review) throw notFound();
  return review;
}

interface CommentInput {
  path: string;
  body: string;
  line?: number;
  side?: string;
  start_line?: number;
  position?: number;
  subject_type?: string;
}

/** A comment names its line by number, or by the older position in the file's patch. */
function threadFrom(pull: Pull, input: CommentInput): NewThread {
  const { path, body } = input;
  const patch = pull.comparison.files.find((file) => file.filename === path)?.patch;
  const at = input.position === undefined ? undefined : lineAt(patch ?? "", input.position);
  const line = input.line ?? at?.line;
  if (line === undefined && input.subject_type !== "file") {
    throw new GitHubError(422, "Unprocessable Entity", { errors: ["Line could not be resolved"] });
  }
  const side = (input.side ?? at?.side ?? "RIGHT") as Side;
  return { path, body, line, side, startLine: input.start_line };
}

function mustOwn(comment: ReviewComment, actor: Actor): void {
  if (comment.user === actor.account || mayTriage(comment.repository, actor)) return;
  throw forbidden("Must have admin rights to Repository.");
}
