import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Client,
  commitMore,
  commitOnBranch,
  headOf,
  NAME,
  openScene,
  REPO,
  refusal,
  type Scene,
} from "../testing/scene.ts";

let scene: Scene;
let branches = 0;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const README = "# Demo\n\nfirst\nsecond, but better\nthird\n";

interface Opened {
  number: number;
  branch: string;
  head: string;
}

async function open(
  input: { files?: Record<string, string>; body?: string; draft?: boolean } = {},
): Promise<Opened> {
  branches += 1;
  const branch = `aicd/issue-${branches}`;
  const head = await commitOnBranch(scene.octokit, branch, input.files ?? { "README.md": README });
  const { data } = await scene.octokit.rest.pulls.create({
    ...REPO,
    title: `Change ${branches}`,
    head: branch,
    base: "main",
    body: input.body ?? "",
    draft: input.draft ?? false,
  });
  return { number: data.number, branch, head };
}

async function threads(number: number) {
  const answer = await scene.octokit.graphql<{
    repository: { pullRequest: { reviewThreads: { nodes: Record<string, unknown>[] } } };
  }>(
    `query($n: Int!) { repository(owner: "octo", name: "demo") { pullRequest(number: $n) {
      reviewThreads(first: 20) { nodes { id path line originalLine isOutdated isResolved
        comments(first: 10) { nodes { body author { login } replyTo { id } } } } } } } }`,
    { n: number },
  );
  return answer.repository.pullRequest.reviewThreads.nodes;
}

describe("opening a pull request", () => {
  it("shows what it brings, as a draft by the bot", async () => {
    const { number, head } = await open({ draft: true, files: { "README.md": README, "new.txt": "a\nb\n" } });

    const { data } = await scene.octokit.rest.pulls.get({ ...REPO, pull_number: number });

    expect(data).toMatchObject({
      draft: true,
      state: "open",
      mergeable: true,
      mergeable_state: "draft",
      commits: 1,
      changed_files: 2,
      additions: 3,
      deletions: 1,
      user: { login: "ai-cd[bot]" },
      head: { sha: head, label: `octo:aicd/issue-${branches}` },
      base: { ref: "main" },
    });
  });

  it("happens once for a branch, even when asked twice at the same time", async () => {
    await commitOnBranch(scene.octokit, "twice", { "README.md": README });
    const create = () =>
      scene.octokit.rest.pulls.create({ ...REPO, title: "Twice", head: "octo:twice", base: "main" });

    const outcomes = await Promise.allSettled([create(), create()]);
    const said = await refusal(create());

    expect(outcomes.map((each) => each.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(said).toMatchObject({ status: 422, message: "Validation Failed" });
    expect(said.errors).toEqual([
      { resource: "PullRequest", code: "custom", message: "A pull request already exists for octo:twice." },
    ]);
    const found = await scene.octokit.rest.pulls.list({ ...REPO, head: "octo:twice" });
    expect(found.data).toHaveLength(1);
  });

  it.each([
    [
      "without a commit of its own",
      { head: "empty", base: "main" },
      { message: "No commits between main and empty" },
    ],
    [
      "from a branch that is not there",
      { head: "nowhere", base: "main" },
      { field: "head", code: "invalid" },
    ],
    [
      "into a branch that is not there",
      { head: "twice", base: "nowhere" },
      { field: "base", code: "invalid" },
    ],
  ])("is refused %s", async (_what, sides, error) => {
    const sha = await headOf(scene.octokit, "main");
    await scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/empty", sha }).catch(() => undefined);

    const said = await refusal(scene.octokit.rest.pulls.create({ ...REPO, title: "No", ...sides }));

    expect(said.status).toBe(422);
    expect(said.errors).toMatchObject([error]);
  });

  it("is refused from something that is a commit and no branch", async () => {
    const said = await refusal(
      scene.octokit.rest.pulls.create({ ...REPO, title: "No", head: "twice~0", base: "main" }),
    );

    expect(said.errors).toMatchObject([{ field: "head", code: "invalid" }]);
  });

  it("gives its diff to those who ask for that media type", async () => {
    const { number } = await open();

    const { data } = await scene.octokit.rest.pulls.get({
      ...REPO,
      pull_number: number,
      mediaType: { format: "diff" },
    });

    expect(String(data)).toContain("-second\n+second, but better");
  });

  it("can be fetched below refs/pull", async () => {
    const { number, head } = await open();

    const { data } = await scene.octokit.rest.git.getRef({ ...REPO, ref: `pull/${number}/head` });

    expect(data.object.sha).toBe(head);
  });
});

describe("a pull request", () => {
  it("follows its branch and says so", async () => {
    const { number, branch, head } = await open();
    const heard = scene.github.next("delivery", (each) => each.action === "synchronize");

    const next = await commitMore(scene.octokit, branch, { "more.txt": "more\n" });

    expect(JSON.parse((await heard).payload)).toMatchObject({ number, before: head, after: next });
    const { data } = await scene.octokit.rest.pulls.get({ ...REPO, pull_number: number });
    expect([data.head.sha, data.commits, data.changed_files]).toEqual([next, 2, 2]);
    const files = await scene.octokit.rest.pulls.listFiles({ ...REPO, pull_number: number });
    expect(files.data.map((file) => file.filename)).toEqual(["README.md", "more.txt"]);
  });

  it("is closed when its branch is deleted", async () => {
    const { number, branch } = await open();

    await scene.octokit.rest.git.deleteRef({ ...REPO, ref: `heads/${branch}` });

    const { data } = await scene.octokit.rest.pulls.get({ ...REPO, pull_number: number });
    expect([data.state, data.merged]).toEqual(["closed", false]);
  });

  it("asks people with access for review, and nobody else", async () => {
    const { number } = await open();
    const ask = (reviewers: string[]) =>
      scene.octokit.rest.pulls.requestReviewers({ ...REPO, pull_number: number, reviewers });

    const { data } = await ask(["ada"]);

    expect(data.requested_reviewers?.map((each) => each.login)).toEqual(["ada"]);
    expect((await refusal(ask(["eve"]))).status).toBe(422);
  });

  it("is labelled with its own event, not the issue's", async () => {
    const { number } = await open();
    const heard = scene.github.next("delivery", (each) => each.action === "labeled");

    await scene.github.as("ada").label(NAME, number, "aicd");

    expect((await heard).event).toBe("pull_request");
  });
});

describe("a review", () => {
  it("is one event with its inline comments, which are events too", async () => {
    const { number } = await open();
    await scene.github.as("ada").review(NAME, number, {
      event: "REQUEST_CHANGES",
      body: "Not yet",
      comments: [{ path: "README.md", line: 4, body: "Why better?" }],
    });
    await scene.github.settled();

    const reviews = await scene.octokit.rest.pulls.listReviews({ ...REPO, pull_number: number });
    const [review] = reviews.data;
    const comments = await scene.octokit.rest.pulls.listCommentsForReview({
      ...REPO,
      pull_number: number,
      review_id: Number(review?.id),
    });
    expect(review).toMatchObject({ state: "CHANGES_REQUESTED", body: "Not yet", user: { login: "ada" } });
    expect(comments.data[0]).toMatchObject({ path: "README.md", body: "Why better?", position: 5 });
    expect(comments.data[0]?.diff_hunk).toBe(
      "@@ -1,5 +1,5 @@\n # Demo\n \n first\n-second\n+second, but better",
    );
    const events = scene.github.deliveries.slice(-2).map((each) => [each.event, each.action]);
    expect(events).toEqual([
      ["pull_request_review", "submitted"],
      ["pull_request_review_comment", "created"],
    ]);
    const submitted = JSON.parse(scene.github.deliveries.at(-2)?.payload ?? "{}") as {
      review: { state: string };
    };
    expect(submitted.review.state).toBe("changes_requested");
  });

  it.each([
    ["a line outside the diff", { path: "README.md", line: 400 }, "Line could not be resolved"],
    ["a file outside the diff", { path: "src/add.js", line: 1 }, "Path could not be resolved"],
  ])("cannot comment on %s", async (_what, place, error) => {
    const { number } = await open();

    const said = await refusal(
      new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("ada") }).rest.pulls.createReview({
        ...REPO,
        pull_number: number,
        event: "COMMENT",
        comments: [{ ...place, body: "?" }],
      }),
    );

    expect(said).toMatchObject({ status: 422, errors: [error] });
  });

  it("cannot approve the reviewer's own work", async () => {
    const { number } = await open();

    const said = await refusal(
      scene.octokit.rest.pulls.createReview({ ...REPO, pull_number: number, event: "APPROVE" }),
    );

    expect(said.status).toBe(422);
  });

  it("thread is answered, resolved, moves with its line, and is outdated once the line changed", async () => {
    const { number, branch } = await open();
    await scene.github.as("ada").review(NAME, number, {
      event: "COMMENT",
      comments: [{ path: "README.md", line: 4, body: "Why?" }],
    });
    const [comment] = (await scene.octokit.rest.pulls.listReviewComments({ ...REPO, pull_number: number }))
      .data;
    await scene.octokit.rest.pulls.createReplyForReviewComment({
      ...REPO,
      pull_number: number,
      comment_id: comment?.id ?? 0,
      body: "Changed in the next commit",
    });
    const [fresh] = await threads(number);
    await scene.octokit.graphql(
      "mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }",
      {
        id: fresh?.id,
      },
    );
    await commitMore(scene.octokit, branch, { "README.md": `top\n${README}` });
    const [moved] = await threads(number);
    await commitMore(scene.octokit, branch, { "README.md": `top\n${README.replace("better", "best")}` });
    const [outdated] = await threads(number);

    expect(fresh).toMatchObject({
      line: 4,
      isResolved: false,
      comments: { nodes: [{ body: "Why?" }, { replyTo: {} }] },
    });
    expect(moved).toMatchObject({ line: 5, originalLine: 4, isOutdated: false, isResolved: true });
    expect(outdated).toMatchObject({ line: null, originalLine: 4, isOutdated: true });
    const [late] = (await scene.octokit.rest.pulls.listReviewComments({ ...REPO, pull_number: number })).data;
    expect(late).toMatchObject({ original_line: 4 });
    expect(late?.line).toBeUndefined();
  });

  it("that is pending is seen by its author only until it is submitted", async () => {
    const { number } = await open();
    const ada = new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("ada") });
    const draft = await ada.rest.pulls.createReview({ ...REPO, pull_number: number, body: "draft" });

    const hidden = await scene.octokit.rest.pulls.listReviews({ ...REPO, pull_number: number });
    await ada.rest.pulls.submitReview({
      ...REPO,
      pull_number: number,
      review_id: Number(draft.data.id),
      event: "APPROVE",
    });
    const shown = await scene.octokit.rest.pulls.listReviews({ ...REPO, pull_number: number });

    expect(hidden.data).toEqual([]);
    expect(shown.data.map((review) => review.state)).toEqual(["APPROVED"]);
  });
});

describe("merging", () => {
  it("makes a merge commit, closes the issue it fixes, and tells the App in order", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Broken" });
    const spared = await scene.github.as("ada").openIssue(NAME, { title: "Only quoted" });
    const { number, head } = await open({
      body: `Fixes #${issue.number}\n\nUnlike \`fixes #${spared.number}\`.`,
    });
    const before = await headOf(scene.octokit, "main");
    await scene.github.settled();
    const seen = scene.github.deliveries.length;

    const { sha } = await scene.github.as("ada").merge(NAME, number);
    await scene.github.settled();

    const commit = await scene.octokit.rest.repos.getCommit({ ...REPO, ref: "main" });
    expect(commit.data.sha).toBe(sha);
    expect(commit.data.parents.map((parent) => parent.sha)).toEqual([before, head]);
    expect(commit.data.commit.message).toMatch(/^Merge pull request #\d+ from octo\/aicd\/issue-/);
    const [fixed, left] = await Promise.all(
      [issue, spared].map((each) => scene.octokit.rest.issues.get({ ...REPO, issue_number: each.number })),
    );
    expect([fixed?.data.state, left?.data.state]).toEqual(["closed", "open"]);
    const told = scene.github.deliveries.slice(seen).map((each) => `${each.event}.${each.action}`);
    expect(told).toEqual(["pull_request.closed", "push.null", "issues.closed"]);
  });

  it("by squash keeps one parent and carries the pull request's title", async () => {
    const { number } = await open({ files: { "squash.txt": "x\n" } });
    const before = await headOf(scene.octokit, "main");

    const { sha } = await scene.github.as("ada").merge(NAME, number, "squash");

    const { data } = await scene.octokit.rest.repos.getCommit({ ...REPO, ref: sha });
    expect(data.parents.map((parent) => parent.sha)).toEqual([before]);
    expect(data.commit.message).toContain(`(#${number})`);
  });

  const merge = (number: number, sha?: string) =>
    scene.octokit.rest.pulls.merge({ ...REPO, pull_number: number, ...(sha ? { sha } : {}) });

  it("is refused for a draft until it is marked ready", async () => {
    const { number } = await open({ draft: true, files: { "draft.txt": "x\n" } });

    expect(await refusal(merge(number))).toMatchObject({
      status: 405,
      message: "Pull Request is still a draft",
    });
    await scene.github.as("ada").markReady(NAME, number);
    expect((await merge(number)).data.merged).toBe(true);
  });

  it("is refused for another head than the one that was seen", async () => {
    const { number } = await open({ files: { "seen.txt": "x\n" } });

    expect((await refusal(merge(number, "0".repeat(40)))).status).toBe(409);
  });

  it("is refused once the base has changed the same lines", async () => {
    const one = await open({ files: { "src/add.js": "export const add = 1;\n" } });
    const two = await open({ files: { "src/add.js": "export const add = 2;\n" } });
    await merge(one.number);

    const { data } = await scene.octokit.rest.pulls.get({ ...REPO, pull_number: two.number });

    expect([data.mergeable, data.mergeable_state]).toEqual([false, "dirty"]);
    expect(await refusal(merge(two.number))).toMatchObject({ status: 405 });
  });

  it("combines changes of both sides to different parts of a file", async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const base = await open({ files: { "long.txt": `${lines.join("\n")}\n` } });
    await merge(base.number);
    const change = (at: number) =>
      `${lines.map((line, index) => (index === at ? "changed" : line)).join("\n")}\n`;
    const top = await open({ files: { "long.txt": change(0) } });
    const bottom = await open({ files: { "long.txt": change(19) } });
    await merge(top.number);
    await merge(bottom.number);

    const { data } = await scene.octokit.rest.repos.getContent({
      ...REPO,
      path: "long.txt",
      mediaType: { format: "raw" },
    });

    expect(
      String(data)
        .split("\n")
        .filter((line) => line === "changed"),
    ).toHaveLength(2);
  });
});
