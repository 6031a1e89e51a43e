import type { ReviewComment, Snapshot } from "@aicd/core";
import { parseCommand } from "@aicd/core/command";
import type { Clean } from "./cleaner.ts";
import type { ReadClient } from "./clients.ts";
import { everyPage, PAGE } from "./pages.ts";
import type { People } from "./people.ts";
import { mayWrite, type RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

type Review = NonNullable<Snapshot["review"]>;
type Notes = { clean: Clean; leftOut: (what: string) => void };

/** The reviews of a round as one: its words say whose they are, its comments are all of theirs. */
export async function fetchReviews(
  read: ReadClient,
  repository: RepositoryName,
  { pullRequestNumber, reviewIds }: { pullRequestNumber: number; reviewIds: readonly number[] },
  people: People,
  { clean, leftOut }: Notes,
): Promise<Review | undefined> {
  const found: Review[] = [];
  for (const reviewId of reviewIds) {
    const review = await fetchReview(read, repository, { pullRequestNumber, reviewId }, people, {
      clean,
      leftOut,
    });
    if (review !== undefined) found.push(review);
  }
  const last = found.at(-1);
  if (last === undefined || found.length === 1) return last;
  const words = found
    .filter(({ body }) => body !== "")
    .map(({ author, body }) => `@${author.login}: ${body}`);
  return {
    ...last,
    body: words.join("\n\n"),
    comments: found.flatMap(({ comments }) => comments),
    authors: found.map(({ author }) => author),
  };
}

/** Undefined: somebody deleted it meanwhile. */
async function fetchReview(
  read: ReadClient,
  repository: RepositoryName,
  ids: { pullRequestNumber: number; reviewId: number },
  people: People,
  { clean, leftOut }: Notes,
): Promise<Review | undefined> {
  const where = {
    owner: repository.owner,
    repo: repository.name,
    pull_number: ids.pullRequestNumber,
    review_id: ids.reviewId,
  };
  const review = await getReview(read, where);
  if (review === undefined) return undefined;
  // Asked now: who might write when the review was submitted may not any more.
  const author = await people.author(review.user?.login);
  if (!mayWrite(author.permission)) {
    leftOut(`review ${review.id}`);
    return undefined;
  }
  const inline = await everyPage((page) =>
    read.rest.pulls.listCommentsForReview({ ...where, per_page: PAGE, page }).then(({ data }) => data),
  );
  const comments: ReviewComment[] = [];
  for (const comment of inline) {
    // It is answered as a command, by itself.
    if (parseCommand(comment.body) !== undefined) continue;
    const author = await people.author(comment.user?.login);
    if (!mayWrite(author.permission)) {
      leftOut(`review comment ${comment.id}`);
      continue;
    }
    comments.push({
      id: Number(comment.id),
      author,
      path: comment.path,
      line: comment.line ?? comment.original_line ?? null,
      body: await clean(`review comment ${comment.id}`, comment.body),
    });
  }
  return {
    id: Number(review.id),
    author,
    body: await clean("review", review.body),
    comments,
  };
}

async function getReview(
  read: ReadClient,
  where: { owner: string; repo: string; pull_number: number; review_id: number },
) {
  try {
    return (await read.rest.pulls.getReview(where)).data;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Whether a review has an inline comment that asks for a change: no reply, and no command. */
export async function reviewOpensThread(
  read: ReadClient,
  repository: RepositoryName,
  ids: { pullRequestNumber: number; reviewId: number },
): Promise<boolean> {
  const comments = await everyPage((page) =>
    read.rest.pulls
      .listCommentsForReview({
        owner: repository.owner,
        repo: repository.name,
        pull_number: ids.pullRequestNumber,
        review_id: ids.reviewId,
        per_page: PAGE,
        page,
      })
      .then(({ data }) => data),
  );
  return comments.some(
    (comment) => comment.in_reply_to_id === undefined && parseCommand(comment.body) === undefined,
  );
}
