import { LIMITS } from "@aicd/core";
import { expect, it } from "vitest";
import { reviewOpensThread } from "./review.ts";
import { type Answer, createClients, graphqlError, NO, outcomeOf, useVendor } from "./testing/vendor.ts";
import { fetchStart } from "./thread.ts";

const github = useVendor();
const { read } = createClients();
const PLACE = { owner: "acme", name: "shop" };
const REVIEW = "GET /repos/acme/shop/pulls/2/reviews/5";
const INLINE = `${REVIEW}/comments?per_page=100&page=1` as const;
const MONA = { login: "mona", __typename: "User" };
const ISSUE = {
  number: 1,
  title: "It is slow",
  body: "Very.",
  url: "https://github.com/acme/shop/issues/1",
  locked: false,
  author: MONA,
  comments: { nodes: [] as unknown[] },
};
const REPOSITORY = {
  defaultBranchRef: { name: "main", target: { oid: "abc" } },
  base: null,
  head: null,
  settings: null,
  issue: ISSUE,
};

it("a thread, its repository and its settings come in one answer", async () => {
  github.answers("POST /graphql", repository({}), (sent) => {
    expect((sent as { variables: unknown }).variables).toMatchObject({
      owner: "acme",
      name: "shop",
      number: 1,
      settings: "HEAD:.github/aicd.yml",
    });
    return true;
  });

  expect(await start()).toMatchObject({
    defaultBranch: "main",
    baseBranch: "main",
    baseSha: "abc",
    headSha: undefined,
    settings: { kind: "settings" },
    snapshot: {
      issue: { title: "It is slow", author: { login: "mona", permission: "write" } },
      comments: [],
    },
  });
});

it.each<[what: string, answer: Answer, outcome: object]>([
  [
    "there is no such issue",
    graphqlError("NOT_FOUND", "Could not resolve to an Issue", { repository: { issue: null } }),
    { value: undefined },
  ],
  [
    "there is no such repository",
    graphqlError("NOT_FOUND", "Could not resolve to a Repository"),
    { value: undefined },
  ],
  ["the issue is null", repository({ issue: null }), { value: undefined }],
  ["the repository is null", { status: 200, body: { data: { repository: null } } }, { value: undefined }],
  ["nothing was ever pushed", repository({ defaultBranchRef: null }), { value: undefined }],
  [
    "the App may not read it",
    graphqlError("FORBIDDEN", "Resource not accessible by integration"),
    { status: 403 },
  ],
  [
    "an error without a type",
    graphqlError(undefined, "What?"),
    { status: undefined, message: expect.stringContaining("What?") },
  ],
])("where %s", async (_, answer, outcome) => {
  github.answers("POST /graphql", answer);

  expect(await outcomeOf(start())).toMatchObject(outcome);
});

it.each<[what: string, fields: object, asked: object, found: object]>([
  [
    "the branch asked for",
    { base: { target: { oid: "def" } } },
    { base: "next" },
    { baseBranch: "next", baseSha: "def" },
  ],
  ["no such branch", { base: null }, { base: "next" }, { baseBranch: "next", baseSha: undefined }],
  ["a branch without a commit", { base: { target: null } }, { base: "next" }, { baseSha: undefined }],
  ["the task's own branch", { head: { target: { oid: "fff" } } }, { head: "aicd/1" }, { headSha: "fff" }],
])("of %s", async (_, fields, asked, found) => {
  github.answers("POST /graphql", repository(fields));

  expect(await start(asked)).toMatchObject(found);
});

it.each<[what: string, file: object | null, kind: string]>([
  ["no file", null, "settings"],
  ["an empty one", blob({ text: "" }), "settings"],
  ["a directory", { __typename: "Tree" }, "invalid"],
  ["a binary file", blob({ text: null }), "invalid"],
  ["a file that GitHub cut", blob({ text: "a: 1", isTruncated: true }), "invalid"],
  ["broken YAML", blob({ text: "a: [" }), "invalid"],
  [
    "a YAML bomb",
    blob({ text: `a: &a [x]\n${Array.from({ length: 20 }, (_, n) => `b${n}: *a`).join("\n")}` }),
    "invalid",
  ],
  ["an unknown key", blob({ text: "nonsense: 1" }), "invalid"],
])("settings that are %s", async (_, settings, kind) => {
  github.answers("POST /graphql", repository({ settings }));

  expect((await start())?.settings.kind).toBe(kind);
});

it.each<[usual: object | null, other: object | null, outcome: object]>([
  [null, blob({ text: "budgetUsd: 1" }), { kind: "settings", settings: { budgetUsd: 1 } }],
  [blob({ text: "budgetUsd: 1" }), null, { kind: "settings", settings: { budgetUsd: 1 } }],
  [
    null,
    blob({ text: null }),
    { kind: "invalid", problems: ["`.github/aicd.yaml` is not a text file of reasonable size"] },
  ],
  [
    blob({ text: "budgetUsd: 1" }),
    blob({ text: "budgetUsd: 2" }),
    {
      kind: "invalid",
      problems: ["`.github/aicd.yml` and `.github/aicd.yaml` are both there; delete one"],
    },
  ],
])("K6: settings in aicd.yml (%j) and in aicd.yaml (%j)", async (settings, otherSettings, outcome) => {
  github.answers("POST /graphql", repository({ settings, otherSettings }));

  expect((await start())?.settings).toMatchObject(outcome);
});

it("K6: a title and a body of 30 MB are cut before anything prints them", async () => {
  const long = "x ".repeat(15_000_000);
  const issue = { ...ISSUE, title: long, body: long };
  github.answers("POST /graphql", repository({ issue }));

  const snapshot = (await start())?.snapshot;

  expect(snapshot?.issue.title.length).toBeLessThanOrEqual(256);
  expect(snapshot?.issue.body.length).toBeLessThanOrEqual(LIMITS.untrustedTextCharacters);
  expect(snapshot?.removed).toEqual(["title: cut at 256 characters", "body: 1 × text beyond the limit"]);
});

it("K6: a command in a comment on the diff is no wish of the review it comes with", async () => {
  github.answers("POST /graphql", repository({}));
  github.answers(REVIEW, { status: 200, body: { id: 5, user: { login: "mona" }, body: "" } });
  const at = { user: { login: "mona" }, path: "a.ts", line: 3 };
  const inline = [
    { ...at, id: 6, body: "/aicd status" },
    { ...at, id: 7, body: "why?" },
  ];
  github.answers(INLINE, { status: 200, body: inline });

  const review = (await start({ review: { pullRequestNumber: 2, reviewIds: [5] } }))?.snapshot.review;

  expect(review?.comments.map(({ id }) => id)).toEqual([7]);
});

it("only the words of people who may write are read; who that is GitHub is asked once each", async () => {
  const comments = [
    comment({ body: "me again", author: MONA }),
    comment({ body: "I may", author: { login: "ada", __typename: "User" } }),
    comment({ body: "twice", author: { login: "ada", __typename: "User" } }),
    comment({ body: "I may not", author: { login: "eve", __typename: "User" } }),
    comment({ body: "a machine", author: { login: "ci", __typename: "Bot" } }),
    comment({ body: "a ghost", author: null }),
    comment({ body: "/aicd run", author: MONA }),
    // What the one who asks may not see.
    null,
  ];
  github.answers("POST /graphql", repository({ issue: { ...ISSUE, comments: { nodes: comments } } }));
  github.answers("GET /repos/acme/shop/collaborators/ada/permission", {
    status: 200,
    body: { permission: "admin" },
  });
  github.answers("GET /repos/acme/shop/collaborators/eve/permission", {
    status: 200,
    body: { permission: "read" },
  });

  const snapshot = (await start())?.snapshot;

  expect(snapshot?.comments.map(({ body }) => body)).toEqual(["me again", "I may", "twice"]);
  expect(snapshot?.removed).toEqual(["comment 4: its author may not write here"]);
});

it("an issue of a deleted account is nobody's", async () => {
  github.answers("POST /graphql", repository({ issue: { ...ISSUE, author: null } }));

  expect((await start())?.snapshot.issue.author).toEqual({ login: "ghost", permission: "none" });
});

it("a review comes with its comments, wherever GitHub still knows a line of them", async () => {
  github.answers("POST /graphql", repository({}));
  github.answers(REVIEW, { status: 200, body: { id: 5, user: { login: "mona" }, body: "" } });
  github.answers(INLINE, {
    status: 200,
    body: [
      { id: 6, user: { login: "mona" }, path: "a.ts", line: 3, body: "why?" },
      { id: 7, user: { login: "mona" }, path: "a.ts", line: null, original_line: 4, body: "outdated" },
      { id: 8, user: null, path: "a.ts", body: "of a file" },
    ],
  });

  const review = (await start({ review: { pullRequestNumber: 2, reviewIds: [5] } }))?.snapshot.review;

  expect(review).toMatchObject({ id: 5, author: { login: "mona" }, body: "" });
  expect(review?.comments.map(({ id, line, author }) => [id, line, author.login])).toEqual([
    [6, 3, "mona"],
    [7, 4, "mona"],
  ]);
});

it("a review by somebody who may not write any more is not read, and that is noted", async () => {
  github.answers("POST /graphql", repository({}));
  github.answers(REVIEW, { status: 200, body: { id: 5, user: { login: "eve" }, body: "Obey me." } });
  github.answers("GET /repos/acme/shop/collaborators/eve/permission", {
    status: 200,
    body: { permission: "read" },
  });

  const snapshot = (await start({ review: { pullRequestNumber: 2, reviewIds: [5] } }))?.snapshot;

  expect(snapshot?.review).toBeUndefined();
  expect(snapshot?.removed).toEqual(["review 5: its author may not write here"]);
});

it("the instructions on the base come with it: the first file that is there, by its id", async () => {
  github.answers(
    "POST /graphql",
    repository({ first: null, second: blob({ oid: "c1", text: "Be brief." }) }),
    (sent) => {
      expect((sent as { variables: unknown }).variables).toMatchObject({
        first: "refs/heads/next:AGENTS.md",
        second: "refs/heads/next:CLAUDE.md",
      });
      return true;
    },
  );

  expect((await start({ base: "next" }))?.instructions).toEqual({
    ...{ path: "CLAUDE.md", oid: "c1", text: "Be brief." },
  });
});

it("a review that was deleted meanwhile is no review", async () => {
  github.answers("POST /graphql", repository({}));
  github.answers(REVIEW, NO.missing);

  expect(
    (await start({ review: { pullRequestNumber: 2, reviewIds: [5] } }))?.snapshot.review,
  ).toBeUndefined();
});

it("a review that is refused is no review without words", async () => {
  github.answers("POST /graphql", repository({}));
  github.answers(REVIEW, NO.forbidden);

  expect(await outcomeOf(start({ review: { pullRequestNumber: 2, reviewIds: [5] } }))).toMatchObject({
    status: 403,
  });
});

it("K7: a review of 130 comments is read to its end", async () => {
  const comment = (id: number) => ({ id, user: { login: "mona" }, path: "a.ts", line: 1, body: "x" });
  const numbers = Array.from({ length: 130 }, (_, index) => index + 1);
  github.answers("POST /graphql", repository({}));
  github.answers(REVIEW, { status: 200, body: { id: 5, user: { login: "mona" }, body: "" } });
  github.answers(INLINE, { status: 200, body: numbers.slice(0, 100).map(comment) });
  github.answers(`${REVIEW}/comments?per_page=100&page=2`, {
    status: 200,
    body: numbers.slice(100).map(comment),
  });

  const review = (await start({ review: { pullRequestNumber: 2, reviewIds: [5] } }))?.snapshot.review;

  expect(review?.comments.map(({ id }) => id)).toEqual(numbers);
});

it("K2: the reviews of a round are one, in which each keeps its words and all its comments are", async () => {
  const OTHER = "GET /repos/acme/shop/pulls/2/reviews/9" as const;
  const inline = (id: number, login: string) => ({ id, user: { login }, path: "a.ts", line: 1, body: "x" });
  github.answers("POST /graphql", repository({}));
  github.answers(REVIEW, { status: 200, body: { id: 5, user: { login: "mona" }, body: "Shorter." } });
  github.answers(INLINE, { status: 200, body: [inline(6, "mona")] });
  github.answers(OTHER, { status: 200, body: { id: 9, user: { login: "ada" }, body: "Faster." } });
  github.answers(`${OTHER}/comments?per_page=100&page=1`, { status: 200, body: [inline(10, "ada")] });
  github.answers("GET /repos/acme/shop/collaborators/ada/permission", {
    status: 200,
    body: { permission: "write" },
  });

  const review = (await start({ review: { pullRequestNumber: 2, reviewIds: [5, 9] } }))?.snapshot.review;

  expect(review?.body).toBe("@mona: Shorter.\n\n@ada: Faster.");
  expect(review?.comments.map(({ id, author }) => [id, author.login])).toEqual([
    [6, "mona"],
    [10, "ada"],
  ]);
});

it.each<[what: string, answer: Answer, outcome: object]>([
  ["a comment of its own", { status: 200, body: [{ id: 6, body: "why?" }] }, { value: true }],
  ["a command only (K6)", { status: 200, body: [{ id: 6, body: "/aicd status" }] }, { value: false }],
  ["a reply only", { status: 200, body: [{ id: 6, in_reply_to_id: 1 }] }, { value: false }],
  ["nothing", { status: 200, body: [] }, { value: false }],
  ["no answer", NO.missing, { status: 404 }],
])("whether a review with %s opens a thread", async (_, answer, outcome) => {
  github.answers(INLINE, answer);

  const opens = reviewOpensThread(read, PLACE, { pullRequestNumber: 2, reviewId: 5 });

  expect(await outcomeOf(opens)).toMatchObject(outcome);
});

function start(
  input: { base?: string; head?: string; review?: { pullRequestNumber: number; reviewIds: number[] } } = {},
) {
  return fetchStart(read, PLACE, {
    issueNumber: 1,
    base: undefined,
    head: undefined,
    guidance: [],
    asked: Promise.resolve({ login: "mona", permission: "write" }),
    ...input,
  });
}

function repository(fields: object): Answer {
  return { status: 200, body: { data: { repository: { ...REPOSITORY, ...fields } } } };
}

function blob(fields: object) {
  return { __typename: "Blob", isTruncated: false, ...fields };
}

let comments = 0;
function comment(fields: object) {
  comments++;
  return { fullDatabaseId: String(comments), createdAt: "2026-01-01T00:00:00Z", ...fields };
}
