import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client, clone, git, NAME, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

async function told(event: string, action: string) {
  await scene.github.settled();
  return scene.github.deliveries.filter((each) => each.event === event && each.action === action);
}

describe("an archived repository", () => {
  it("is read, and refuses every write until it is none any more", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "x" });
    const work = await clone(scene, "ada");
    const branch = (await scene.octokit.rest.repos.getBranch({ ...REPO, branch: "main" })).data.commit.sha;
    scene.github.archive(NAME);
    const comment = () =>
      scene.octokit.rest.issues.createComment({ ...REPO, issue_number: issue.number, body: "x" });

    const said = [
      await refusal(comment()),
      await refusal(scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/x", sha: branch })),
      await refusal(
        scene.octokit.rest.issues.addLabels({ ...REPO, issue_number: issue.number, labels: ["x"] }),
      ),
    ];
    const graphql = await scene.commitRefusal("main", { "a.txt": "a" });
    const push = await git(work, "push", "origin", "HEAD:refs/heads/y");
    const read = await scene.octokit.rest.repos.get(REPO);
    scene.github.unarchive(NAME);
    const after = await comment();

    const message = "Repository was archived so is read-only.";
    expect(said.map((each) => [each.status, each.message])).toEqual(said.map(() => [403, message]));
    expect(graphql).toEqual({ type: "FORBIDDEN", message });
    expect([push.code, push.text]).toEqual([128, expect.stringContaining("403")]);
    expect([read.data.archived, after.status]).toEqual([true, 201]);
    expect(
      (await told("repository", "archived")).length + (await told("repository", "unarchived")).length,
    ).toBe(2);
  });
});

describe("a repository", () => {
  it("that is deleted is told, and then not found", async () => {
    scene.github.deleteRepository(NAME);

    const said = await refusal(scene.octokit.rest.repos.get(REPO));

    expect(said.status).toBe(404);
    expect(await told("repository", "deleted")).toHaveLength(1);
    expect(await told("installation_repositories", "removed")).toHaveLength(1);
  });

  it("that is renamed redirects reading for good and writing for this once", async () => {
    await scene.github.renameRepository(NAME, "renamed");
    const ask = (method: string) =>
      fetch(`${scene.github.url}/repos/octo/demo/issues`, {
        method,
        redirect: "manual",
        headers: { authorization: `Bearer ${scene.github.tokenFor("ada")}` },
        ...(method === "POST" ? { body: JSON.stringify({ title: "x" }) } : {}),
      });

    const answers = [await ask("GET"), await ask("POST")];

    expect(answers.map((each) => each.status)).toEqual([301, 307]);
    expect(await told("repository", "renamed")).toHaveLength(1);
  });

  it("that is transferred redirects, and is lost to the App of the old owner", async () => {
    const now = scene.github.transferRepository(NAME, "ada");
    const ada = new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("ada") });

    const response = await fetch(`${scene.github.url}/repos/octo/demo`, { redirect: "manual" });
    const followed = await ada.rest.repos.get(REPO);
    const said = await refusal(scene.octokit.rest.issues.create({ owner: "ada", repo: "demo", title: "x" }));

    expect([now, response.status, followed.data.full_name, said.status]).toEqual([
      "ada/demo",
      301,
      "ada/demo",
      403,
    ]);
    expect(await told("installation_repositories", "removed")).toHaveLength(1);
  });

  it("that is transferred to where the App is installed is told there", async () => {
    await scene.github.createOrganization("second", { owner: "ada" });
    await scene.github.installApp(scene.app, "second", "all");

    scene.github.transferRepository(NAME, "second");

    const [delivery] = await told("repository", "transferred");
    expect(JSON.parse(delivery?.payload ?? "{}")).toMatchObject({
      repository: { full_name: "second/demo" },
      changes: { owner: { from: { organization: { login: "octo" } } } },
    });
  });

  it("may be made under a name that only redirected", async () => {
    await scene.github.renameRepository(NAME, "renamed");

    await scene.github.createRepository("octo", "demo");

    expect((await fetch(`${scene.github.url}/repos/octo/demo`)).status).toBe(200);
  });
});
