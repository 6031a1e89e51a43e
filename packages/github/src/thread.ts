import {
  type Author,
  cleanText,
  type FileRead,
  INSTRUCTION_PATHS,
  LIMITS,
  readSettings,
  SETTINGS_PATHS,
  type SettingsResult,
  type Snapshot,
  type ThreadComment,
} from "@aicd/core";
import { parse } from "yaml";
import { createCleaner } from "./cleaner.ts";
import type { ReadClient } from "./clients.ts";
import { askGraphql } from "./graphql.ts";
import { createPeople } from "./people.ts";
import { mayWrite, type RepositoryName } from "./permission.ts";
import { fetchReviews } from "./review.ts";
import { isStatus } from "./status.ts";

/** Read from the default branch only; other branches have no say. */
const [SETTINGS_PATH, OTHER_PATH] = SETTINGS_PATHS;

const TITLE_CHARACTERS = 256;
/** As much as an agent is shown of a repository's instructions. */
const FILE_CHARACTERS = 20_000;

type Actor = { login: string; __typename: string } | null;
type Ref = { target: { oid: string } | null } | null;
type File = { __typename: string; oid?: string; text?: string | null; isTruncated?: boolean } | null;
type Answer = {
  repository: {
    defaultBranchRef: ({ name: string } & NonNullable<Ref>) | null;
    base: Ref;
    head: Ref;
    settings: File;
    otherSettings?: File;
    /** In the order of `INSTRUCTION_PATHS`. */
    first?: File;
    second?: File;
    third?: File;
    issue: {
      number: number;
      title: string;
      body: string;
      url: string;
      locked: boolean;
      author: Actor;
      comments: {
        nodes: ({ fullDatabaseId: string; body: string; createdAt: string; author: Actor } | null)[];
      };
    } | null;
  } | null;
};

const QUERY = `query start($owner: String!, $name: String!, $number: Int!, $comments: Int!, $base: String!, $head: String!, $settings: String!, $otherSettings: String!, $first: String!, $second: String!, $third: String!) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef { name target { oid } }
    base: ref(qualifiedName: $base) { target { oid } }
    head: ref(qualifiedName: $head) { target { oid } }
    settings: object(expression: $settings) { __typename oid ... on Blob { text isTruncated } }
    otherSettings: object(expression: $otherSettings) { __typename oid ... on Blob { text isTruncated } }
    first: object(expression: $first) { __typename oid ... on Blob { text isTruncated } }
    second: object(expression: $second) { __typename oid ... on Blob { text isTruncated } }
    third: object(expression: $third) { __typename oid ... on Blob { text isTruncated } }
    issue(number: $number) {
      number title body url locked
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
  /** The file they are in; the usual one where there is none. */
  settingsPath: string;
  settingsFile: FileRead | null;
  /** On the base; the runner reads them from the base commit. */
  instructions: FileRead | null;
  /** Lowest id of a comment that could be in the snapshot: there may be older ones than were read. */
  commentsFrom: number;
  /** Nothing can be said on the thread: GitHub refuses comments and reactions. */
  locked: boolean;
  snapshot: Snapshot;
};

/**
 * Reads the thread and the repository in one query: the thread cleaned, the words of people who may not
 * write left out. Frozen by the caller: what is edited later does not reach a running attempt.
 * @returns undefined when the repository is empty or there is no such issue any more
 */
export async function fetchStart(
  read: ReadClient,
  repository: RepositoryName,
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
  const [first, second, third] = INSTRUCTION_PATHS.map(
    (path) => `${input.base === undefined ? "HEAD" : `refs/heads/${input.base}`}:${path}`,
  );
  const { repository: found } = await ask(read, {
    ...{ first, second, third },
    owner: repository.owner,
    name: repository.name,
    number: input.issueNumber,
    comments: LIMITS.snapshotComments,
    base: `refs/heads/${input.base ?? ""}`,
    head: `refs/heads/${input.head ?? ""}`,
    settings: `HEAD:${SETTINGS_PATH}`,
    otherSettings: `HEAD:${OTHER_PATH}`,
  });
  const issue = found?.issue;
  const main = found?.defaultBranchRef;
  if (found == null || issue == null || main == null) return undefined;
  const settingsPath = found.settings === null && found.otherSettings != null ? OTHER_PATH : SETTINGS_PATH;
  return {
    defaultBranch: main.name,
    baseBranch: input.base ?? main.name,
    baseSha: (input.base === undefined ? main : found.base)?.target?.oid,
    headSha: found.head?.target?.oid,
    settings: settingsOf(found.settings, found.otherSettings ?? null),
    settingsPath,
    settingsFile: toFile(found.settings ?? found.otherSettings, settingsPath),
    instructions: instructionsOf([found.first, found.second, found.third]),
    commentsFrom: fromOf(issue.comments.nodes),
    locked: issue.locked,
    snapshot: await toSnapshot(read, repository, issue, input),
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

/** The first that is there counts, as it does for the runner. */
function instructionsOf(files: (File | undefined)[]): FileRead | null {
  const at = files.findIndex((file) => file?.__typename === "Blob");
  return toFile(files[at], INSTRUCTION_PATHS[at] ?? "");
}

function toFile(file: File | undefined, path: string): FileRead | null {
  if (file?.oid === undefined) return null;
  return { path, oid: file.oid, text: cleanText(file.text ?? "", FILE_CHARACTERS) };
}

function fromOf(nodes: Issue["comments"]["nodes"]): number {
  if (nodes.length < LIMITS.snapshotComments) return 0;
  return Math.min(...nodes.flatMap((comment) => (comment === null ? [] : Number(comment.fullDatabaseId))));
}

function settingsOf(usual: File, other: File): SettingsResult {
  // Which of two was meant is not guessed: one of them may be the stricter.
  if (usual !== null && other !== null) {
    return {
      kind: "invalid",
      problems: [`\`${SETTINGS_PATH}\` and \`${OTHER_PATH}\` are both there; delete one`],
    };
  }
  const file = usual ?? other;
  if (file === null) return readSettings(undefined);
  if (file.__typename !== "Blob" || typeof file.text !== "string" || file.isTruncated === true) {
    const path = usual === null ? OTHER_PATH : SETTINGS_PATH;
    return { kind: "invalid", problems: [`\`${path}\` is not a text file of reasonable size`] };
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
  repository: RepositoryName,
  issue: Issue,
  input: Pick<Parameters<typeof fetchStart>[2], "guidance" | "review" | "asked">,
): Promise<Snapshot> {
  const people = createPeople(read, repository, await input.asked);
  const removed: string[] = [];
  const clean = createCleaner(removed);

  const leftOut = (what: string) => void removed.push(`${what}: its author may not write here`);

  // GitHub has no longer one; it is printed in titles, where a long one would be all there is to see.
  const title = issue.title.slice(0, TITLE_CHARACTERS).toWellFormed();
  if (title !== issue.title) removed.push(`title: cut at ${TITLE_CHARACTERS} characters`);
  const comments: ThreadComment[] = [];
  for (const comment of issue.comments.nodes) {
    // Null: a comment that is not shown to the App.
    if (comment?.author == null || comment.author.__typename === "Bot") continue;
    if (/^[/@]aicd\b/i.test(comment.body.trimStart())) continue;
    const author = await people.author(comment.author.login);
    const id = Number(comment.fullDatabaseId);
    if (!mayWrite(author.permission)) {
      leftOut(`comment ${id}`);
      continue;
    }
    comments.push({
      id,
      author,
      body: await clean(`comment ${id}`, comment.body),
      createdAt: comment.createdAt,
    });
  }
  const review =
    input.review === undefined
      ? undefined
      : await fetchReviews(read, repository, input.review, people, { clean, leftOut });
  const guidance = [];
  for (const wish of input.guidance) guidance.push({ ...wish, text: await clean("guidance", wish.text) });
  return {
    issue: {
      number: issue.number,
      title: await clean("title", title),
      body: await clean("body", issue.body),
      author: await people.author(issue.author?.login),
      url: issue.url,
    },
    comments,
    ...(review === undefined ? {} : { review }),
    guidance,
    removed,
  };
}
