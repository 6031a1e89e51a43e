import { graphql } from "@octokit/graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commitOnBranch, graphqlRefusal, NAME, openScene, REPO, type Scene } from "../testing/scene.ts";

let scene: Scene;
let token: string;

beforeAll(async () => {
  scene = await openScene({ private: true });
  ({ token } = (await scene.octokit.auth({ type: "installation" })) as { token: string });
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
});

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Record<string, never>>;

/** The real client, against the path GitHub Enterprise has it at. */
function asked(by: string): Ask {
  const client = graphql.defaults({
    baseUrl: `${scene.github.url}/api/v3`,
    headers: { authorization: `token ${by}` },
  });
  return (query, variables) => client(query, variables);
}

describe("a query", () => {
  it("walks a conversation page by page", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Long", body: "start" });
    for (const text of ["a", "b", "c"]) await scene.github.as("ada").comment(NAME, issue.number, text);
    const query = `query($n: Int!, $after: String) { repository(owner: "octo", name: "demo") { issue(number: $n) {
      comments(first: 2, after: $after) { totalCount nodes { body } pageInfo { hasNextPage endCursor } } } } }`;
    type Page = {
      repository: {
        issue: {
          comments: {
            totalCount: number;
            nodes: { body: string }[];
            pageInfo: { hasNextPage: boolean; endCursor: string };
          };
        };
      };
    };

    const first = (await asked(token)(query, { n: issue.number })) as unknown as Page;
    const { endCursor } = first.repository.issue.comments.pageInfo;
    const second = (await asked(token)(query, { n: issue.number, after: endCursor })) as unknown as Page;

    const pages = [first, second].map((page) => page.repository.issue.comments);
    expect(pages.map((page) => page.nodes.map((node) => node.body))).toEqual([["a", "b"], ["c"]]);
    expect(pages.map((page) => page.pageInfo.hasNextPage)).toEqual([true, false]);
    expect(pages[0]?.totalCount).toBe(3);
  });

  it.each([
    ["without a bound", "labels { nodes { name } }", "MISSING_PAGINATION_BOUNDARIES"],
    ["for more than a hundred", "labels(first: 101) { nodes { name } }", "EXCESSIVE_PAGINATION"],
  ])("%s is refused as GitHub refuses it", async (_what, field, type) => {
    const refused = asked(token)(`{ repository(owner: "octo", name: "demo") { ${field} } }`);

    expect(await graphqlRefusal(refused)).toMatchObject({ type });
  });

  it("for what is not there says so and keeps the rest", async () => {
    const refused = asked(token)(`{ viewer { login } repository(owner: "octo", name: "nope") { id } }`);

    await expect(refused).rejects.toMatchObject({
      data: { viewer: { login: "ai-cd[bot]" }, repository: null },
      errors: [{ type: "NOT_FOUND", path: ["repository"] }],
    });
  });

  it("against the schema is refused by the schema", async () => {
    expect(await graphqlRefusal(asked(token)("{ viewer { shoeSize } }"))).toEqual({
      message: 'Cannot query field "shoeSize" on type "User".',
    });
  });

  it("for a field this GitHub lacks fails loudly and is recorded", async () => {
    const before = scene.github.unexpected.length;

    const said = await graphqlRefusal(
      asked(token)(`{ repository(owner: "octo", name: "demo") { stargazerCount } }`),
    );

    expect(said.message).toBe("The local GitHub does not implement Repository.stargazerCount");
    expect(scene.github.unexpected.slice(before)).toMatchObject([
      { kind: "unknown-field", detail: said.message },
    ]);
  });

  it("reads code by expression", async () => {
    const answer = await asked(token)(`{ repository(owner: "octo", name: "demo") {
      file: object(expression: "HEAD:src/add.js") { ... on Blob { text byteSize } }
      tree: object(expression: "main:") { ... on Tree { entries { name type } } }
      defaultBranchRef { name target { oid ... on Commit { history(first: 5) { totalCount nodes { messageHeadline } } } } }
    } }`);

    expect(answer.repository).toMatchObject({
      file: { text: expect.stringContaining("a - b"), byteSize: 46 },
      tree: {
        entries: [
          { name: "README.md", type: "blob" },
          { name: "src", type: "tree" },
        ],
      },
      defaultBranchRef: {
        name: "main",
        target: { history: { totalCount: 1, nodes: [{ messageHeadline: "Initial commit" }] } },
      },
    });
  });

  it("without credentials is not answered", async () => {
    const response = await fetch(`${scene.github.url}/graphql`, {
      method: "POST",
      body: '{"query":"{ viewer { login } }"}',
    });

    expect(response.status).toBe(401);
  });

  it("by someone without access cannot tell a private repository from none", async () => {
    const eve = asked(scene.github.tokenFor("eve"));
    const refused = eve(`{ repository(owner: "octo", name: "demo") { id } }`);

    expect(await graphqlRefusal(refused)).toEqual({
      type: "NOT_FOUND",
      message: "Could not resolve to a Repository with the name 'octo/demo'.",
    });
  });

  it("needs the permission of what it reads", async () => {
    const { data } = await scene.appOctokit.rest.apps.createInstallationAccessToken({
      installation_id: scene.installationId,
      permissions: { metadata: "read" },
    });
    const refused = asked(data.token)(
      `{ repository(owner: "octo", name: "demo") { issue(number: 1) { title } } }`,
    );

    expect(await graphqlRefusal(refused)).toMatchObject({ type: "FORBIDDEN" });
  });
});

describe("a mutation", () => {
  it("reacts to a review body, which REST cannot, and takes it back", async () => {
    await commitOnBranch(scene.octokit, "reviewed", { "README.md": "# New\n" });
    const pull = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "R",
      head: "reviewed",
      base: "main",
    });
    const review = await scene.github
      .as("ada")
      .review(NAME, pull.data.number, { event: "COMMENT", body: "/aicd retry" });
    const variables = { id: review.nodeId };

    const added = await asked(token)(
      "mutation($id: ID!) { addReaction(input: { subjectId: $id, content: EYES }) { reaction { content user { login } } subject { id } } }",
      variables,
    );
    const removed = await asked(token)(
      "mutation($id: ID!) { removeReaction(input: { subjectId: $id, content: EYES }) { reactionGroups { content reactors(first: 1) { totalCount } } } }",
      variables,
    );

    expect(added.addReaction).toEqual({
      reaction: { content: "EYES", user: { login: "ai-cd" } },
      subject: { id: review.nodeId },
    });
    expect(removed.removeReaction).toMatchObject({
      reactionGroups: expect.arrayContaining([{ content: "EYES", reactors: { totalCount: 0 } }]),
    });
  });

  it("turns a pull request into a draft and back, with its events", async () => {
    await commitOnBranch(scene.octokit, "drafted", { "README.md": "# Draft\n" });
    const { data } = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "D",
      head: "drafted",
      base: "main",
    });
    const ada = scene.github.as("ada");

    await ada.convertToDraft(NAME, data.number);
    const during = await scene.octokit.rest.pulls.get({ ...REPO, pull_number: data.number });
    await ada.markReady(NAME, data.number);
    await scene.github.settled();

    expect(during.data.draft).toBe(true);
    const actions = scene.github.deliveries
      .filter((each) => each.event === "pull_request")
      .map((each) => each.action);
    expect(actions.slice(-2)).toEqual(["converted_to_draft", "ready_for_review"]);
  });

  it("hides a comment", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Hide" });
    const comment = await scene.github.as("ada").comment(NAME, issue.number, "old plan");

    const answer = await asked(token)(
      "mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } } }",
      { id: comment.nodeId },
    );

    expect(answer.minimizeComment).toEqual({
      minimizedComment: { isMinimized: true, minimizedReason: "outdated" },
    });
  });

  it("that resolves a thread takes contents: write, not only pull_requests: write", async () => {
    await commitOnBranch(scene.octokit, "resolved", { "README.md": "# Resolve\n" });
    const pull = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "T",
      head: "resolved",
      base: "main",
    });
    const comments = [{ path: "README.md", line: 1, body: "?" }];
    await scene.github.as("ada").review(NAME, pull.data.number, { event: "COMMENT", comments });
    const { repository } = (await asked(token)(
      `query($n: Int!) { repository(owner: "octo", name: "demo") { pullRequest(number: $n) { reviewThreads(first: 1) { nodes { id } } } } }`,
      { n: pull.data.number },
    )) as unknown as { repository: { pullRequest: { reviewThreads: { nodes: { id: string }[] } } } };
    const { data } = await scene.appOctokit.rest.apps.createInstallationAccessToken({
      installation_id: scene.installationId,
      permissions: { pull_requests: "write", contents: "read" },
    });
    const resolve = (by: string) =>
      asked(by)(
        "mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }",
        { id: repository.pullRequest.reviewThreads.nodes[0]?.id },
      );

    expect(await graphqlRefusal(resolve(data.token))).toMatchObject({ type: "FORBIDDEN" });
    expect(await resolve(token)).toEqual({ resolveReviewThread: { thread: { isResolved: true } } });
  });

  it("on an id of another kind is refused", async () => {
    const refused = asked(token)(
      "mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: SPAM }) { clientMutationId } }",
      { id: "I_nothing" },
    );

    expect(await graphqlRefusal(refused)).toMatchObject({ type: "NOT_FOUND" });
  });

  it("is entered in the ledger once", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Once" });
    const before = scene.github.ledger.length;

    await asked(token)(
      'mutation($id: ID!) { addComment(input: { subjectId: $id, body: "hi" }) { clientMutationId } }',
      { id: issue.nodeId },
    );

    expect(scene.github.ledger.slice(before)).toMatchObject([
      { actor: "ai-cd[bot]", tokenKind: "installation", route: "graphql addComment", repo: NAME },
    ]);
  });
});
