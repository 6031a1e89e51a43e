import {
  type Author,
  LIMITS,
  type ReviewComment,
  readSettings,
  type SettingsResult,
  type Snapshot,
  type ThreadComment,
} from "@aicd/core";
import { parse } from "yaml";
import type { ReadClient } from "./clients.ts";
import { askGraphql } from "./graphql.ts";
import { everyPage, PAGE } from "./pages.ts";
import { mayWrite, permissionOf, type RepositoryName } from "./permission.ts";
import { sanitize } from "./sanitize.ts";
import { isStatus } from "./status.ts";

/** Read from the default branch only; other branches have no say. */
export const SETTINGS_PATH = ".github/aicd.yml";

type Actor = { login: string; __typename: string } | null;
type Ref = { target: { oid: string } | null } | null;
type Answer = {
  repository: {
    defaultBranchRef: ({ name: string } & NonNullable<Ref>) | null;
    base: Ref;
    head: Ref;
    settings: { __typename: string; text?: string | null; isTruncated?: boolean } | null;
    issue: {
      number: number;
      title: string;
      body: string;
      url: string;
      author: Actor;
      comments: {
        nodes: ({ fullDatabaseId: string; body: string; createdAt: string; author: Actor } | null)[];
      };
    } | null;
  } | null;
};

const QUERY = `query start($owner: String!, $name: String!, $number: Int!, $comments: Int!, $base: String!, $head: String!, $settings: String!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { name target { oid } }
    base: ref(qualifiedName: $base) { target { oid } }
    head: ref(qualifiedName: $head) { target { oid } }
    settings: object(expression: $settings) { __typename ... on Blob { text isTruncated } }
    issue(number: $number) {
      number title body url
      author { login __typename }
      comments(last: $comments) {
        nodes { fullDatabaseId body createdAt author { login __typename } }
      }
    }
  }
}`;

/** All that an attempt starts from, as it stood at one moment. */
export type Start = {
  defaultBranch: string;
  baseBranch: string;
  /** Undefined: there is no such branch. */
  baseSha: string | undefined;
  /** Head of the task's own branch, when it was asked for and exists. */
  headSha: string | undefined;
  settings: SettingsResult;
  snapshot: Snapshot;
};

/**
 * Reads the thread and the repository in one query: the thread cleaned, the words of people who may not
 * write left out. Frozen by the caller: what is edited later does not reach a running attempt.
 * @returns undefined when the repository is empty or there is no such issue any more
 */
export async function fetchStart(
  read: ReadClient,
  place: RepositoryName,
  input: {
    issueNumber: number;
    base: string | undefined;
    head: string | undefined;
    guidance: Snapshot["guidance"];
    /** Every review of this round; they are one to whoever answers them. */
    review?: { pullRequestNumber: number; reviewIds: readonly number[] };
    /** Somebody whose permission is being asked for anyway. */
    asked: Promise<Author>;
  },
): Promise<Start | undefined> {
  const { repository } = await ask(read, {
    owner: place.owner,
    name: place.name,
    number: input.issueNumber,
    comments: LIMITS.snapshotComments,
    base: `refs/heads/${input.base ?? ""}`,
    head: `refs/heads/${input.head ?? ""}`,
    settings: `HEAD:${SETTINGS_PATH}`,
  });
  const issue = repository?.issue;
  const main = repository?.defaultBranchRef;
  if (repository == null || issue == null || main == null) return undefined;
  return {
    defaultBranch: main.name,
    baseBranch: input.base ?? main.name,
    baseSha: (input.base === undefined ? main : repository.base)?.target?.oid,
    headSha: repository.head?.target?.oid,
    settings: settingsOf(repository.settings),
    snapshot: await toSnapshot(read, place, issue, input),
  };
}

/** GitHub answers a missing issue or repository with an error of its own; to us it is an answer. */
async function ask(read: ReadClient, variables: Record<string, unknown>): Promise<Answer> {
  try {
    return await askGraphql<Answer>(read, QUERY, variables);
  } catch (error) {
    if (isStatus(error, 404)) return { repository: null };
    throw error;
  }
}

function settingsOf(file: NonNullable<Answer["repository"]>["settings"]): SettingsResult {
  if (file === null) return readSettings(undefined);
  if (file.__typename !== "Blob" || typeof file.text !== "string" || file.isTruncated === true) {
    return { kind: "invalid", problems: [`\`${SETTINGS_PATH}\` is not a text file of reasonable size`] };
  }
  try {
    return readSettings(parse(file.text, { maxAliasCount: 10 }));
  } catch (error) {
    // A syntax error is the author's to mend: told on the thread like any other problem.
    return {
      kind: "invalid",
      problems: [error instanceof Error ? (error.message.split("\n")[0] ?? "") : ""],
    };
  }
}

type Issue = NonNullable<NonNullable<Answer["repository"]>["issue"]>;

async function toSnapshot(
  read: ReadClient,
  place: RepositoryName,
  issue: Issue,
  input: Pick<Parameters<typeof fetchStart>[2], "guidance" | "review" | "asked">,
): Promise<Snapshot> {
  const people = createPeople(read, place, await input.asked);
  const removed: string[] = [];
  const clean = (where: string, text: string) => {
    const cleaned = sanitize(text);
    removed.push(...cleaned.removed.map((what) => `${where}: ${what}`));
    return cleaned.text;
  };

  const comments: ThreadComment[] = [];
  for (const comment of issue.comments.nodes) {
    // Null: a comment that is not shown to the App.
    if (comment?.author == null || comment.author.__typename === "Bot") continue;
    if (/^[/@]aicd\b/i.test(comment.body.trimStart())) continue;
    const author = await people.author(comment.author.login);
    const id = Number(comment.fullDatabaseId);
    if (!mayWrite(author.permission)) {
      removed.push(`comment ${id}: its author may not write here`);
      continue;
    }
    comments.push({
      id,
      author,
      body: clean(`comment ${id}`, comment.body),
      createdAt: comment.createdAt,
    });
  }
  const review =
    input.review === undefined ? undefined : await fetchReviews(read, place, input.review, people, clean);
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

type Review = NonNullable<Snapshot["review"]>;

/** The reviews of a round as one: its words say whose they are, its comments are all of theirs. */
async function fetchReviews(
  read: ReadClient,
  place: RepositoryName,
  { pullRequestNumber, reviewIds }: { pullRequestNumber: number; reviewIds: readonly number[] },
  people: People,
  clean: (where: string, text: string) => string,
): Promise<Review | undefined> {
  const found: Review[] = [];
  for (const reviewId of reviewIds) {
    const review = await fetchReview(read, place, { pullRequestNumber, reviewId }, people, clean);
    if (review !== undefined) found.push(review);
  }
  const last = found.at(-1);
  if (last === undefined || found.length === 1) return last;
  const words = found
    .filter(({ body }) => body !== "")
    .map(({ author, body }) => `@${author.login}: ${body}`);
  return { ...last, body: words.join("\n\n"), comments: found.flatMap(({ comments }) => comments) };
}

/** Undefined: somebody deleted it meanwhile. */
async function fetchReview(
  read: ReadClient,
  place: RepositoryName,
  ids: { pullRequestNumber: number; reviewId: number },
  people: People,
  clean: (where: string, text: string) => string,
): Promise<Review | undefined> {
  const where = {
    owner: place.owner,
    repo: place.name,
    pull_number: ids.pullRequestNumber,
    review_id: ids.reviewId,
  };
  const review = await getReview(read, where);
  if (review === undefined) return undefined;
  const inline = await everyPage((page) =>
    read.rest.pulls.listCommentsForReview({ ...where, per_page: PAGE, page }).then(({ data }) => data),
  );
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

/** Whether a review has an inline comment that is not a reply. */
export async function reviewOpensThread(
  read: ReadClient,
  place: RepositoryName,
  ids: { pullRequestNumber: number; reviewId: number },
): Promise<boolean> {
  const comments = await everyPage((page) =>
    read.rest.pulls
      .listCommentsForReview({
        owner: place.owner,
        repo: place.name,
        pull_number: ids.pullRequestNumber,
        review_id: ids.reviewId,
        per_page: PAGE,
        page,
      })
      .then(({ data }) => data),
  );
  return comments.some((comment) => comment.in_reply_to_id === undefined);
}

type People = { author(login: string | undefined): Promise<Author> };

/** Asks once per person and snapshot; a crowd beyond the cap counts as people who may not write. */
function createPeople(read: ReadClient, place: RepositoryName, asked: Author): People {
  const known = new Map<string, Promise<Author>>([[asked.login, Promise.resolve(asked)]]);
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
