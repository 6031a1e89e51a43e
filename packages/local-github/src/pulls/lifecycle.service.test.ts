import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  Client,
  clone,
  commitMore,
  commitOnBranch,
  git,
  headOf,
  NAME,
  openScene,
  REPO,
  refusal,
  type Scene,
} from "../testing/scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const as = (login: string) => new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor(login) });

async function pull(head: string, base = "main"): Promise<number> {
  const { data } = await scene.octokit.rest.pulls.create({ ...REPO, title: head, head, base });
  return data.number;
}

async function stateOf(number: number) {
  const { data } = await scene.octokit.rest.pulls.get({ ...REPO, pull_number: number });
  return { state: data.state, base: data.base.ref, head: data.head.sha };
}

async function told(event: string, action: string | null) {
  await scene.github.settled();
  return scene.github.deliveries
    .filter((each) => each.event === event && each.action === action)
    .map((each) => JSON.parse(each.payload));
}

const reopen = (number: number) =>
  scene.octokit.rest.pulls.update({ ...REPO, pull_number: number, state: "open" });

describe("a base branch", () => {
  beforeEach(async () => {
    await commitOnBranch(scene.octokit, "release", { "r.txt": "r" });
    await commitOnBranch(scene.octokit, "fix", { "f.txt": "f" });
  });

  it("that is deleted closes what was to be merged into it, which cannot be opened again", async () => {
    const number = await pull("fix", "release");

    await scene.octokit.rest.git.deleteRef({ ...REPO, ref: "heads/release" });
    const said = await refusal(reopen(number));

    expect(await stateOf(number)).toMatchObject({ state: "closed", base: "release" });
    expect(said.errors).toMatchObject([
      { message: "state cannot be changed. The release branch has been deleted." },
    ]);
    expect((await told("pull_request", "closed")).map((each) => each.number)).toEqual([number]);
  });

  it("that was merged itself hands on what was to be merged into it", async () => {
    const own = await pull("release");
    const number = await pull("fix", "release");
    await scene.octokit.rest.pulls.merge({ ...REPO, pull_number: own });

    await scene.octokit.rest.git.deleteRef({ ...REPO, ref: "heads/release" });

    expect(await stateOf(number)).toMatchObject({ state: "open", base: "main" });
  });

  it("that is renamed takes its pull requests along, and those from it are closed", async () => {
    const into = await pull("fix", "release");
    const from = await pull("release");

    await scene.github.renameBranch(NAME, "release", "stable");

    expect(await stateOf(into)).toMatchObject({ state: "open", base: "stable" });
    expect(await stateOf(from)).toMatchObject({ state: "closed" });
    const old = await fetch(`${scene.github.url}/repos/octo/demo/branches/release`, { redirect: "manual" });
    expect([old.status, old.headers.get("location")]).toEqual([
      301,
      expect.stringMatching(/branches\/stable$/),
    ]);
    const [edited] = await told("pull_request", "edited");
    expect(edited).toMatchObject({ number: into, changes: { base: { ref: { from: "release" } } } });
    expect(
      (await told("push", null)).slice(-2).map((each) => [each.ref, each.created, each.deleted]),
    ).toEqual([
      ["refs/heads/stable", true, false],
      ["refs/heads/release", false, true],
    ]);
  });

  it("that is the default tells of it as well", async () => {
    const number = await pull("fix");

    const answer = await as("ada").rest.repos.renameBranch({ ...REPO, branch: "main", new_name: "trunk" });

    expect(answer.data.name).toBe("trunk");
    expect(await stateOf(number)).toMatchObject({ state: "open", base: "trunk" });
    expect((await told("repository", "edited"))[0]).toMatchObject({
      changes: { default_branch: { from: "main" } },
      repository: { default_branch: "trunk" },
    });
  });

  it("is changed by hand while the pull request is open, and told", async () => {
    const number = await pull("fix");

    await scene.octokit.rest.pulls.update({ ...REPO, pull_number: number, base: "release" });
    await scene.octokit.rest.pulls.update({ ...REPO, pull_number: number, state: "closed" });
    const said = await refusal(
      scene.octokit.rest.pulls.update({ ...REPO, pull_number: number, base: "main" }),
    );

    expect((await told("pull_request", "edited"))[0].changes.base.ref).toEqual({ from: "main" });
    expect(said.errors).toEqual([
      {
        resource: "PullRequest",
        code: "invalid",
        field: "base",
        message: "Cannot change the base branch of a closed pull request.",
      },
    ]);
  });
});

describe("a closed pull request", () => {
  it.each([
    [
      "whose head is gone",
      async () => void (await scene.octokit.rest.git.deleteRef({ ...REPO, ref: "heads/fix" })),
      "state cannot be changed. The fix branch has been deleted.",
    ],
    [
      "whose head lost its commits",
      async () => {
        const sha = await headOf(scene.octokit, "main");
        await scene.octokit.rest.git.updateRef({ ...REPO, ref: "heads/fix", sha, force: true });
      },
      "state cannot be changed. The fix branch was force-pushed or recreated.",
    ],
    [
      "that has a twin",
      async () => void (await pull("fix")),
      "state cannot be changed. There is already an open pull request from fix to main.",
    ],
  ])("%s is not opened again, by either endpoint", async (_which, happens, message) => {
    await commitOnBranch(scene.octokit, "fix", { "f.txt": "f" });
    const number = await pull("fix");
    await scene.octokit.rest.pulls.update({ ...REPO, pull_number: number, state: "closed" });
    await happens();

    const said = await refusal(reopen(number));
    const issue = await refusal(
      scene.octokit.rest.issues.update({ ...REPO, issue_number: number, state: "open" }),
    );

    const errors = [{ resource: "PullRequest", code: "custom", field: "state", message }];
    expect([said.errors, issue.errors]).toEqual([errors, errors]);
  });
});

describe("a fork", () => {
  it("is where a pull request may come from, which follows its pushes", async () => {
    const fork = await scene.github.fork(NAME, "eve");
    const work = await clone(scene, "eve");
    const remote = new URL(`/${fork}.git`, scene.github.url);
    Object.assign(remote, { username: "eve", password: scene.github.tokenFor("eve") });
    await git(work, "commit", "--quiet", "--allow-empty", "-m", "one");
    await git(work, "push", remote.href, "HEAD:refs/heads/idea");

    const { data } = await as("eve").rest.pulls.create({
      ...REPO,
      title: "x",
      head: "eve:idea",
      base: "main",
    });
    await git(work, "commit", "--quiet", "--allow-empty", "-m", "two");
    await git(work, "push", remote.href, "HEAD:refs/heads/idea");
    const after = (await git(work, "rev-parse", "HEAD")).text.trim();

    expect(data.head).toMatchObject({ label: "eve:idea", repo: { full_name: fork, fork: true } });
    expect((await stateOf(data.number)).head).toBe(after);
    expect((await told("pull_request", "synchronize"))[0].pull_request.head.repo.full_name).toBe(fork);
    const view = await scene.octokit.graphql(
      'query($number: Int!) { repository(owner: "octo", name: "demo") { pullRequest(number: $number) { isCrossRepository headRepository { nameWithOwner } } } }',
      { number: data.number },
    );
    expect(view).toMatchObject({
      repository: { pullRequest: { isCrossRepository: true, headRepository: { nameWithOwner: fork } } },
    });
  });

  it("takes its pull requests with it when it is deleted", async () => {
    const fork = await scene.github.fork(NAME, "eve");
    const eve = as("eve");
    const sha = await headOf(scene.octokit, "main");
    await eve.rest.git.createRef({ owner: "eve", repo: "demo", ref: "refs/heads/idea", sha });
    await commitIn(eve, fork, "idea");
    const { data } = await eve.rest.pulls.create({ ...REPO, title: "x", head: "eve:idea", base: "main" });

    scene.github.deleteRepository(fork);
    await scene.github.settled();

    const answer = await fetch(`${scene.github.url}/repos/octo/demo/issues/${data.number}`);
    expect(await answer.json()).toMatchObject({ state: "closed" });
    const said = await refusal(reopen(data.number));
    expect(said.errors).toMatchObject([
      {
        message: "state cannot be changed. The repository that submitted this pull request has been deleted.",
      },
    ]);
  });
});

async function commitIn(client: Client, fullName: string, branch: string): Promise<void> {
  const [owner = "", repo = ""] = fullName.split("/");
  const { data } = await client.rest.git.getRef({ owner, repo, ref: `heads/${branch}` });
  await client.graphql(
    "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { clientMutationId } }",
    {
      input: {
        branch: { repositoryNameWithOwner: fullName, branchName: branch },
        expectedHeadOid: data.object.sha,
        message: { headline: "x" },
        fileChanges: { additions: [{ path: "x.txt", contents: "eA==" }] },
      },
    },
  );
}

describe("a commit after a pull request was closed", () => {
  it("is taken over when it is opened again", async () => {
    await commitOnBranch(scene.octokit, "fix", { "f.txt": "f" });
    const number = await pull("fix");
    await scene.octokit.rest.pulls.update({ ...REPO, pull_number: number, state: "closed" });
    const after = await commitMore(scene.octokit, "fix", { "f.txt": "g" });

    await reopen(number);

    expect(await stateOf(number)).toMatchObject({ state: "open", head: after });
  });
});
