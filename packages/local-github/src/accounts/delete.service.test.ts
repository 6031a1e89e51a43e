import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commitOnBranch, NAME, openScene, REPO, type Scene } from "../testing/scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

describe("an account that is deleted", () => {
  it("leaves what it wrote to nobody, in REST, GraphQL and webhooks", async () => {
    await commitOnBranch(scene.octokit, "work", { "a.txt": "a\n" });
    const { data: pull } = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "x",
      head: "work",
      base: "main",
    });
    const eve = scene.github.as("eve");
    const issue = await eve.openIssue(NAME, { title: "x" });
    await eve.review(NAME, pull.number, {
      event: "COMMENT",
      body: "x",
      comments: [{ path: "a.txt", line: 1, body: "here" }],
    });

    scene.github.deleteAccount("eve");
    await scene.github.as("ada").label(NAME, issue.number, "bug");
    await scene.github.settled();

    const read = await scene.octokit.rest.issues.get({ ...REPO, issue_number: issue.number });
    const reviews = await scene.octokit.rest.pulls.listReviews({ ...REPO, pull_number: pull.number });
    const comments = await scene.octokit.rest.pulls.listReviewComments({ ...REPO, pull_number: pull.number });
    const view = await scene.octokit.graphql(
      'query($number: Int!) { repository(owner: "octo", name: "demo") { issue(number: $number) { author { login } } } }',
      { number: issue.number },
    );
    const labelled = scene.github.deliveries.findLast((each) => each.action === "labeled");
    expect([read.data.user, reviews.data[0]?.user, comments.data[0]?.user]).toEqual([null, null, null]);
    expect(view).toEqual({ repository: { issue: { author: null } } });
    expect(JSON.parse(labelled?.payload ?? "{}").issue.user).toBeNull();
  });

  it("cannot sign in any more", async () => {
    const { login } = await scene.github.createUser("bob");
    const token = scene.github.tokenFor(login);

    scene.github.deleteAccount(login);

    const response = await fetch(`${scene.github.url}/user`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(401);
    expect((await fetch(`${scene.github.url}/users/bob`)).status).toBe(404);
  });
});
