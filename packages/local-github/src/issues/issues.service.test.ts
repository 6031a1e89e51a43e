import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client, NAME, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;
let eve: Client;

beforeAll(async () => {
  scene = await openScene();
  eve = new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("eve") });
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

describe("issues", () => {
  it("keep no body apart from an empty one", async () => {
    const none = await eve.rest.issues.create({ ...REPO, title: "No body" });
    const empty = await eve.rest.issues.create({ ...REPO, title: "Empty body", body: "" });

    expect([none.data.body, empty.data.body]).toEqual([null, ""]);
  });

  it("are numbered together with pull requests and listed newest first, page by page", async () => {
    for (const title of ["one", "two", "three"]) await eve.rest.issues.create({ ...REPO, title });

    const pages = await eve.paginate(eve.rest.issues.listForRepo, { ...REPO, per_page: 2 });
    const first = await eve.rest.issues.listForRepo({ ...REPO, per_page: 2 });

    const numbers = pages.map((issue) => issue.number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(numbers.length).toBeGreaterThanOrEqual(5);
    expect(first.headers.link).toMatch(/page=2>; rel="next", .*rel="last"/);
  });

  it("refuse a title that is too long with GitHub's list of errors", async () => {
    const said = await refusal(eve.rest.issues.create({ ...REPO, title: "x".repeat(257) }));

    expect(said).toMatchObject({ status: 422, message: "Validation Failed" });
    expect(said.errors).toMatchObject([{ resource: "Issue", field: "title", code: "custom" }]);
  });

  it("refuse a comment beyond 65,536 characters", async () => {
    const { data } = await eve.rest.issues.create({ ...REPO, title: "Long talk" });
    const say = (length: number) =>
      eve.rest.issues.createComment({ ...REPO, issue_number: data.number, body: "x".repeat(length) });

    expect((await say(65_536)).status).toBe(201);
    expect((await refusal(say(65_537))).status).toBe(422);
  });

  it("remember who edited what when", async () => {
    const { data } = await eve.rest.issues.create({ ...REPO, title: "Editable", body: "before" });
    await scene.github.as("ada").editIssue(NAME, data.number, { body: "after" });

    const answer = await scene.octokit.graphql<{ repository: { issue: unknown } }>(
      `query($n: Int!) { repository(owner: "octo", name: "demo") {
        issue(number: $n) { body lastEditedAt editor { login } includesCreatedEdit } } }`,
      { n: data.number },
    );

    expect(answer.repository.issue).toEqual({
      body: "after",
      lastEditedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      editor: { login: "ada" },
      includesCreatedEdit: true,
    });
  });
});

describe("labels", () => {
  it("are made when first used and announced each", async () => {
    const ada = scene.github.as("ada");
    const issue = await ada.openIssue(NAME, { title: "Label me" });

    const labelled = scene.github.next("delivery", (each) => each.action === "labeled");
    await ada.label(NAME, issue.number, "aicd:auto");
    const delivery = JSON.parse((await labelled).payload) as {
      label: { name: string };
      sender: { login: string };
    };
    await ada.unlabel(NAME, issue.number, "aicd:auto");
    const { data } = await scene.octokit.rest.issues.get({ ...REPO, issue_number: issue.number });

    expect(delivery).toMatchObject({ label: { name: "aicd:auto" }, sender: { login: "ada" } });
    expect(data.labels).toEqual([]);
  });

  it("cannot be removed when they are not there", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Plain" });

    const said = await refusal(
      scene.octokit.rest.issues.removeLabel({ ...REPO, issue_number: issue.number, name: "nope" }),
    );

    expect(said).toMatchObject({ status: 404, message: "Label does not exist" });
  });

  it("are dropped silently from an issue opened by someone who may not label", async () => {
    const { data } = await eve.rest.issues.create({ ...REPO, title: "Sneaky", labels: ["aicd"] });

    expect(data.labels).toEqual([]);
  });
});

describe("comments", () => {
  it("are listed from a time on, edited and deleted, each with its event", async () => {
    const ada = scene.github.as("ada");
    const issue = await ada.openIssue(NAME, { title: "Talk" });
    const { id } = await ada.comment(NAME, issue.number, "/aicd");
    const edited = scene.github.next(
      "delivery",
      (each) => each.event === "issue_comment" && each.action === "edited",
    );
    await ada.editComment(NAME, id, "/aicd plan");
    const payload = JSON.parse((await edited).payload) as { changes: unknown; comment: { body: string } };

    const since = await scene.octokit.rest.issues.listComments({
      ...REPO,
      issue_number: issue.number,
      since: "2999-01-01T00:00:00Z",
    });
    await ada.deleteComment(NAME, id);
    const gone = await refusal(scene.octokit.rest.issues.getComment({ ...REPO, comment_id: id }));

    expect(payload).toMatchObject({ changes: { body: { from: "/aicd" } }, comment: { body: "/aicd plan" } });
    expect(since.data).toEqual([]);
    expect(gone.status).toBe(404);
  });

  it("by the App show the App and its bot", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Bot talk" });

    const { data } = await scene.octokit.rest.issues.createComment({
      ...REPO,
      issue_number: issue.number,
      body: "hello",
    });

    expect(data.user).toMatchObject({ login: "ai-cd[bot]", type: "Bot", id: scene.app.bot.id });
    expect(data.performed_via_github_app).toMatchObject({ id: scene.app.appId });
  });

  it("of others cannot be changed by someone who is nobody here", async () => {
    const ada = scene.github.as("ada");
    const issue = await ada.openIssue(NAME, { title: "Mine" });
    const { id } = await ada.comment(NAME, issue.number, "mine");

    const said = await refusal(eve.rest.issues.updateComment({ ...REPO, comment_id: id, body: "yours" }));

    expect(said.status).toBe(403);
  });
});

describe("reactions", () => {
  it("are created once and found again, on issues, comments and by content", async () => {
    const ada = scene.github.as("ada");
    const issue = await ada.openIssue(NAME, { title: "React" });
    const { id } = await ada.comment(NAME, issue.number, "look");
    const onComment = { ...REPO, comment_id: id };

    const first = await scene.octokit.rest.reactions.createForIssueComment({ ...onComment, content: "eyes" });
    const second = await scene.octokit.rest.reactions.createForIssueComment({
      ...onComment,
      content: "eyes",
    });
    await scene.octokit.rest.reactions.createForIssue({
      ...REPO,
      issue_number: issue.number,
      content: "rocket",
    });
    const listed = await scene.octokit.rest.reactions.listForIssueComment({ ...onComment, content: "eyes" });
    await scene.octokit.rest.reactions.deleteForIssueComment({ ...onComment, reaction_id: first.data.id });
    const left = await scene.octokit.rest.reactions.listForIssueComment(onComment);

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.data.id).toBe(first.data.id);
    expect(listed.data).toHaveLength(1);
    expect(left.data).toEqual([]);
  });
});

describe("collaborators", () => {
  it.each([
    ["admin", "admin", "admin"],
    ["maintain", "write", "maintain"],
    ["write", "write", "write"],
    ["triage", "read", "triage"],
    ["read", "read", "read"],
  ] as const)("with the role %s have the permission %s", async (role, permission, roleName) => {
    const login = `user-${role}`;
    await scene.github.createUser(login);
    await scene.github.addCollaborator(NAME, login, role);

    const { data } = await scene.octokit.rest.repos.getCollaboratorPermissionLevel({
      ...REPO,
      username: login,
    });

    expect([data.permission, data.role_name, data.user?.login]).toEqual([permission, roleName, login]);
  });

  it("who triage can label and cannot push; who read can do neither", async () => {
    await scene.github.createUser("tri");
    await scene.github.addCollaborator(NAME, "tri", "triage");
    const tri = new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("tri") });
    const issue = await scene.github.as("eve").openIssue(NAME, { title: "Roles" });
    const label = (client: Client) =>
      client.rest.issues.addLabels({ ...REPO, issue_number: issue.number, labels: ["aicd"] });
    const sha = (await scene.octokit.rest.git.getRef({ ...REPO, ref: "heads/main" })).data.object.sha;

    expect((await label(tri)).status).toBe(200);
    expect((await refusal(label(eve))).status).toBe(403);
    expect((await refusal(tri.rest.git.createRef({ ...REPO, ref: "refs/heads/x", sha }))).status).toBe(403);
  });
});

describe("a private repository", () => {
  it("is not there for people without access, and cannot be told from a missing one", async () => {
    await scene.github.createRepository("octo", "hidden", { private: true });
    const hidden = { owner: "octo", repo: "hidden" };
    const anonymous = new Client({ baseUrl: scene.github.url });

    const said = await Promise.all([
      refusal(eve.rest.repos.get(hidden)),
      refusal(anonymous.rest.repos.get(hidden)),
      refusal(scene.octokit.rest.repos.get(hidden)),
      refusal(eve.rest.repos.get({ owner: "octo", repo: "missing" })),
    ]);

    expect(said.map((each) => [each.status, each.message])).toEqual(Array(4).fill([404, "Not Found"]));
  });
});

describe("a renamed repository", () => {
  it("answers under its old name by redirect, and the App hears of it", async () => {
    await scene.github.createRepository("octo", "before", {});
    await scene.github.changeInstallation(scene.installationId, { add: ["octo/before"] });
    const renamed = scene.github.next("delivery", (each) => each.event === "repository");

    await scene.github.renameRepository("octo/before", "after");
    const response = await fetch(`${scene.github.url}/repos/octo/before/issues?state=all`, {
      redirect: "manual",
    });
    const followed = await scene.octokit.rest.repos.get({ owner: "octo", repo: "before" });

    expect(response.status).toBe(301);
    expect(response.headers.get("location")).toMatch(/\/repositories\/\d+\/issues\?state=all$/);
    expect(followed.data.full_name).toBe("octo/after");
    expect(JSON.parse((await renamed).payload)).toMatchObject({
      action: "renamed",
      changes: { repository: { name: { from: "before" } } },
    });
  });
});
