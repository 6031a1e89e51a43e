import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commitOnBranch, graphqlRefusal, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;
let issue: number;

beforeAll(async () => {
  scene = await openScene();
  issue = (await scene.octokit.rest.issues.create({ ...REPO, title: "An issue" })).data.number;
});

afterAll(async () => {
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const long = (characters: number) => "a".repeat(characters);
const emoji = (characters: number) => "🧭".repeat(characters);

describe("a text GitHub does not keep", () => {
  const comment = (message: string) => ({
    resource: "IssueComment",
    code: "unprocessable",
    field: "data",
    message,
  });
  const tooLong = (resource: string, field: string, most: number) => ({
    resource,
    code: "custom",
    field,
    message: `${field} is too long (maximum is ${most} characters)`,
  });
  const comments = (body: string) => () =>
    scene.octokit.rest.issues.createComment({ ...REPO, issue_number: issue, body });
  const opens = (title: string, body?: string) => () =>
    scene.octokit.rest.issues.create({ ...REPO, title, ...(body === undefined ? {} : { body }) });
  const pulls = (title: string, body?: string) => () =>
    scene.octokit.rest.pulls.create({
      ...REPO,
      title,
      head: "none",
      base: "main",
      ...(body === undefined ? {} : { body }),
    });
  const labels =
    (name: string, more: { color?: string; description?: string } = {}) =>
    () =>
      scene.octokit.rest.issues.createLabel({ ...REPO, name, ...more });

  it.each([
    ["an empty comment", comments(""), comment("Body cannot be blank")],
    ["a comment of white space", comments(" \n\t"), comment("Body cannot be blank")],
    [
      "a comment of 65,537 characters",
      comments(long(65_537)),
      comment("Body is too long (maximum is 65536 characters)"),
    ],
    ["an issue without a title", opens(" "), { resource: "Issue", code: "missing_field", field: "title" }],
    ["an issue's title of 257 characters", opens(long(257)), tooLong("Issue", "title", 256)],
    ["an issue's text of 65,537 characters", opens("x", long(65_537)), tooLong("Issue", "body", 65_536)],
    [
      "a pull request without a title",
      pulls(""),
      { resource: "PullRequest", code: "missing_field", field: "title" },
    ],
    ["a pull request's title of 257 characters", pulls(long(257)), tooLong("Issue", "title", 256)],
    [
      "a pull request's text of 65,537 characters",
      pulls("x", long(65_537)),
      tooLong("Issue", "body", 65_536),
    ],
    ["a label without a name", labels(" "), { resource: "Label", code: "missing_field", field: "name" }],
    ["a label of 51 characters", labels(long(51)), tooLong("Label", "name", 50)],
    ["a label's colour with a #", labels("x", { color: "#ff0000" }), bad("color")],
    ["a label's colour by name", labels("x", { color: "red" }), bad("color")],
    [
      "a label's description of 101 characters",
      labels("x", { description: long(101) }),
      tooLong("Label", "description", 100),
    ],
    ["an issue's label of 51 characters", labelled([long(51)]), named(long(51))],
    ["an issue's label without a name", labelled([""]), named("")],
  ])("%s is refused in its words", async (_what, call, error) => {
    const said = await refusal(call());

    expect(said).toEqual({ status: 422, message: "Validation Failed", errors: [error] });
  });

  function labelled(names: string[]) {
    return () => scene.octokit.rest.issues.addLabels({ ...REPO, issue_number: issue, labels: names });
  }
  function named(value: string) {
    return { value, resource: "Label", field: "name", code: "invalid" };
  }
  function bad(field: string) {
    return { resource: "Label", code: "invalid", field };
  }

  it("counts characters, not the halves of an emoji", async () => {
    const { data } = await scene.octokit.rest.issues.create({ ...REPO, title: emoji(256) });

    expect([...data.title]).toHaveLength(256);
    expect((await refusal(opens(emoji(257))())).status).toBe(422);
  });

  it("of an edit leaves the old one", async () => {
    const { data } = await scene.octokit.rest.issues.createComment({
      ...REPO,
      issue_number: issue,
      body: "first",
    });

    const said = await refusal(
      scene.octokit.rest.issues.updateComment({ ...REPO, comment_id: data.id, body: "" }),
    );
    const kept = await scene.octokit.rest.issues.getComment({ ...REPO, comment_id: data.id });

    expect([said.status, kept.data.body]).toEqual([422, "first"]);
  });

  it("is refused over GraphQL in the same words", async () => {
    const { data } = await scene.octokit.rest.issues.get({ ...REPO, issue_number: issue });

    const said = await graphqlRefusal(
      scene.octokit.graphql(
        'mutation($id: ID!) { addComment(input: { subjectId: $id, body: "" }) { clientMutationId } }',
        { id: data.node_id },
      ),
    );

    expect(said).toEqual({ type: "UNPROCESSABLE", message: "Body cannot be blank" });
  });

  it("of a review's comment takes the whole review with it", async () => {
    await commitOnBranch(scene.octokit, "spoken", { "src/add.js": "export const add = 1;\n" });
    const { data } = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "x",
      head: "spoken",
      base: "main",
    });

    const said = await refusal(
      scene.octokit.rest.pulls.createReview({
        ...REPO,
        pull_number: data.number,
        event: "COMMENT",
        body: "see below",
        comments: [{ path: "src/add.js", line: 1, body: "" }],
      }),
    );
    const kept = await scene.octokit.rest.pulls.listReviews({ ...REPO, pull_number: data.number });

    expect([said.errors, kept.data]).toEqual([
      [{ resource: "PullRequestReviewComment", code: "missing_field", field: "body" }],
      [],
    ]);
  });
});

describe("an issue", () => {
  it("carries 100 labels and no more, whatever their case", async () => {
    const { data } = await scene.octokit.rest.issues.create({ ...REPO, title: "Labels" });
    const add = (labels: string[]) =>
      scene.octokit.rest.issues.addLabels({ ...REPO, issue_number: data.number, labels });
    await add(Array.from({ length: 100 }, (_, at) => `label-${at}`));
    await add(["LABEL-1"]);

    const said = await refusal(add(["one-more"]));

    expect(said).toMatchObject({
      status: 422,
      message: "Validation Failed. Issues cannot have more than 100 labels",
    });
  });
});
