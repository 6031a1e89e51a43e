import { type Author, LIMITS, type ReviewComment, type Snapshot, type ThreadComment } from "@aicd/core";
import type { ReadClient } from "./clients.ts";
import { mayWrite, type Place, permissionOf } from "./permission.ts";
import { sanitize } from "./sanitize.ts";

type Actor = { login: string; __typename: string } | null;
type IssueAnswer = {
  repository: {
    issue: {
      number: number;
      title: string;
      body: string;
      url: string;
      author: Actor;
      comments: { nodes: { databaseId: number; body: string; createdAt: string; author: Actor }[] };
    } | null;
  } | null;
};

const ISSUE = `query thread($owner: String!, $name: String!, $number: Int!, $comments: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      number title body url
      author { login __typename }
      comments(last: $comments) {
        nodes { databaseId body createdAt author { login __typename } }
      }
    }
  }
}`;

/**
 * The thread as it stands now, cleaned, with the words of people who may not write left out. Frozen by
 * the caller: what is edited later does not reach a running attempt.
 * @returns undefined when there is no such issue any more
 */
export async function fetchSnapshot(
  read: ReadClient,
  place: Place,
  input: {
    issueNumber: number;
    guidance: Snapshot["guidance"];
    review?: { pullRequestNumber: number; reviewId: number };
  },
): Promise<Snapshot | undefined> {
  const answer = await read.graphql<IssueAnswer>(ISSUE, {
    owner: place.owner,
    name: place.name,
    number: input.issueNumber,
    comments: LIMITS.snapshotComments,
  });
  const issue = answer.repository?.issue;
  if (issue === null || issue === undefined) return undefined;
  const people = createPeople(read, place);
  const removed: string[] = [];
  const clean = (where: string, text: string) => {
    const cleaned = sanitize(text);
    removed.push(...cleaned.removed.map((what) => `${where}: ${what}`));
    return cleaned.text;
  };

  const comments: ThreadComment[] = [];
  for (const comment of issue.comments.nodes) {
    if (comment.author === null || comment.author.__typename === "Bot") continue;
    if (/^[/@]aicd\b/i.test(comment.body.trimStart())) continue;
    const author = await people.author(comment.author.login);
    if (!mayWrite(author.permission)) {
      removed.push(`comment ${comment.databaseId}: its author may not write here`);
      continue;
    }
    comments.push({
      id: comment.databaseId,
      author,
      body: clean(`comment ${comment.databaseId}`, comment.body),
      createdAt: comment.createdAt,
    });
  }
  const review =
    input.review === undefined ? undefined : await fetchReview(read, place, input.review, people, clean);
  return {
    issue: {
      number: issue.number,
      title: clean("title", issue.title),
      body: clean("body", issue.body),
      author: await people.author(issue.author?.login),
      url: issue.url,
    },
    comments,
    ...(review === undefined ? {} : { review }),
    guidance: input.guidance.map((wish) => ({ ...wish, text: clean("guidance", wish.text) })),
    removed,
  };
}

async function fetchReview(
  read: ReadClient,
  place: Place,
  ids: { pullRequestNumber: number; reviewId: number },
  people: People,
  clean: (where: string, text: string) => string,
): Promise<NonNullable<Snapshot["review"]>> {
  const where = {
    owner: place.owner,
    repo: place.name,
    pull_number: ids.pullRequestNumber,
    review_id: ids.reviewId,
  };
  const { data: review } = await read.rest.pulls.getReview(where);
  const { data: inline } = await read.rest.pulls.listCommentsForReview({ ...where, per_page: 100 });
  const comments: ReviewComment[] = [];
  for (const comment of inline) {
    comments.push({
      id: Number(comment.id),
      author: await people.author(comment.user?.login),
      path: comment.path,
      line: comment.line ?? comment.original_line ?? null,
      body: clean(`review comment ${comment.id}`, comment.body),
    });
  }
  return {
    id: Number(review.id),
    author: await people.author(review.user?.login),
    body: clean("review", review.body),
    comments,
  };
}

type People = { author(login: string | undefined): Promise<Author> };

/** Asks once per person and snapshot; a crowd beyond the cap counts as people who may not write. */
function createPeople(read: ReadClient, place: Place): People {
  const known = new Map<string, Promise<Author>>();
  return {
    author(login) {
      if (login === undefined) return Promise.resolve({ login: "ghost", permission: "none" });
      const asked = known.get(login);
      if (asked !== undefined) return asked;
      const answer: Promise<Author> =
        known.size >= 30
          ? Promise.resolve({ login, permission: "none" })
          : permissionOf(read, place, login).then((permission) => ({ login, permission }));
      known.set(login, answer);
      return answer;
    },
  };
}
