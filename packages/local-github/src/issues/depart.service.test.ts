import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Client,
  commitOnBranch,
  graphqlRefusal,
  NAME,
  openScene,
  REPO,
  refusal,
  type Scene,
} from "../testing/scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
  await scene.github.createRepository("octo", "other");
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const as = (login: string) => new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor(login) });
const open = async () =>
  (await scene.github.as("ada").openIssue(NAME, { title: "x", labels: ["bug"] })).number;

async function told(event: string, action: string) {
  await scene.github.settled();
  const delivery = scene.github.deliveries.findLast((each) => each.event === event && each.action === action);
  return delivery && JSON.parse(delivery.payload);
}

describe("a locked conversation", () => {
  it("takes no comment and no reaction of an App, in GitHub's words", async () => {
    const number = await open();
    const { data } = await scene.octokit.rest.issues.createComment({
      ...REPO,
      issue_number: number,
      body: "x",
    });
    scene.github.lock(NAME, number, { reason: "too heated" });

    const comment = await refusal(
      scene.octokit.rest.issues.createComment({ ...REPO, issue_number: number, body: "y" }),
    );
    const reaction = await refusal(
      scene.octokit.rest.reactions.createForIssue({ ...REPO, issue_number: number, content: "eyes" }),
    );
    const onComment = await refusal(
      scene.octokit.rest.reactions.createForIssueComment({ ...REPO, comment_id: data.id, content: "eyes" }),
    );

    expect(comment).toEqual({
      status: 403,
      message: "Unable to create comment because issue is locked.",
      errors: undefined,
    });
    expect([reaction.status, onComment.status]).toEqual([403, 403]);
    expect((await told("issues", "locked")).issue).toMatchObject({
      locked: true,
      active_lock_reason: "too heated",
    });
  });

  it("refuses over GraphQL too", async () => {
    const number = await open();
    scene.github.lock(NAME, number);
    const { data } = await scene.octokit.rest.issues.get({ ...REPO, issue_number: number });
    const mutate = (call: string) =>
      graphqlRefusal(
        scene.octokit.graphql(`mutation($id: ID!) { ${call} { clientMutationId } }`, { id: data.node_id }),
      );

    const said = [
      await mutate('addComment(input: { subjectId: $id, body: "x" })'),
      await mutate("addReaction(input: { subjectId: $id, content: EYES })"),
    ];

    expect(said).toEqual([
      { type: "FORBIDDEN", message: "Unable to create comment because issue is locked." },
      {
        type: "FORBIDDEN",
        message: "ai-cd[bot] does not have the correct permissions to execute `AddReaction`",
      },
    ]);
  });

  it("still takes words of people who may write, and everyone's once it is open again", async () => {
    const number = await open();
    scene.github.lock(NAME, number);

    const ada = await as("ada").rest.issues.createComment({ ...REPO, issue_number: number, body: "x" });
    const eve = await refusal(
      as("eve").rest.issues.createComment({ ...REPO, issue_number: number, body: "x" }),
    );
    scene.github.unlock(NAME, number);
    const later = await as("eve").rest.issues.createComment({ ...REPO, issue_number: number, body: "x" });

    expect([ada.status, eve.status, later.status]).toEqual([201, 403, 201]);
    expect(await told("issues", "unlocked")).toBeDefined();
  });

  it("takes no review of others", async () => {
    await commitOnBranch(scene.octokit, "locked", { "a.txt": "a" });
    const { data } = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "x",
      head: "locked",
      base: "main",
    });
    await as("ada").rest.issues.lock({ ...REPO, issue_number: data.number });

    const said = await refusal(
      as("eve").rest.pulls.createReview({ ...REPO, pull_number: data.number, event: "APPROVE" }),
    );

    expect(said).toEqual({ status: 422, message: "Unprocessable Entity", errors: ["lock prevents review"] });
    expect((await told("pull_request", "locked")).pull_request.locked).toBe(true);
  });
});

describe("an issue that is no longer here", () => {
  it("was deleted: 410, and its number stays taken", async () => {
    const number = await open();
    scene.github.deleteIssue(NAME, number);

    const read = await refusal(scene.octokit.rest.issues.get({ ...REPO, issue_number: number }));
    const write = await refusal(
      scene.octokit.rest.issues.createComment({ ...REPO, issue_number: number, body: "x" }),
    );

    expect(read).toEqual({ status: 410, message: "This issue was deleted", errors: undefined });
    expect(write.status).toBe(410);
    expect((await told("issues", "deleted")).issue.number).toBe(number);
    expect(await open()).toBe(number + 1);
  });

  it("was transferred: 301 to where it went, with its comments", async () => {
    const number = await open();
    await scene.github.as("ada").comment(NAME, number, "goes along");

    const now = scene.github.transferIssue(NAME, number, "octo/other");
    const response = await fetch(`${scene.github.url}/repos/octo/demo/issues/${number}`, {
      redirect: "manual",
    });
    const comments = await as("ada").rest.issues.listComments({
      owner: "octo",
      repo: "other",
      issue_number: now,
    });

    expect([response.status, response.headers.get("location")]).toEqual([
      301,
      expect.stringMatching(new RegExp(`/repositories/\\d+/issues/${now}$`)),
    ]);
    expect(comments.data.map((each) => each.body)).toEqual(["goes along"]);
    expect((await told("issues", "transferred")).changes).toMatchObject({
      new_issue: { number: now },
      new_repository: { full_name: "octo/other" },
    });
  });
});

describe("a pull request", () => {
  it("is no draft where the plan has none", async () => {
    await commitOnBranch(scene.octokit, "draft", { "b.txt": "b" });
    scene.github.allowDrafts(NAME, false);
    const create = (draft: boolean) =>
      scene.octokit.rest.pulls.create({ ...REPO, title: "x", head: "draft", base: "main", draft });

    const said = await refusal(create(true));
    const { data } = await create(false);
    const back = await graphqlRefusal(
      scene.octokit.graphql(
        "mutation($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { clientMutationId } }",
        { id: data.node_id },
      ),
    );
    scene.github.allowDrafts(NAME, true);

    expect(said).toEqual({
      status: 422,
      message: "Draft pull requests are not supported in this repository.",
      errors: undefined,
    });
    expect(back.message).toBe(said.message);
  });
});
