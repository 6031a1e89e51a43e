import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Client,
  commitMore,
  commitOnBranch,
  graphqlRefusal,
  headOf,
  NAME,
  openScene,
  REPO,
  refusal,
  type Scene,
} from "../testing/scene.ts";

const run = promisify(execFile);
let scene: Scene;
let clones = 0;

beforeAll(async () => {
  scene = await openScene({ private: true });
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  const { stdout } = await run("git", [...identity, ...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: scene.directory,
      GIT_TERMINAL_PROMPT: "0",
      GIT_CONFIG_NOSYSTEM: "1",
    },
  });
  return stdout.trim();
}

async function clone(token: string, ...args: string[]): Promise<string> {
  clones += 1;
  const directory = join(scene.directory, `clone-${clones}`);
  const url = scene.github.url.replace("http://", `http://x-access-token:${token}@`);
  await git(scene.directory, "clone", "--quiet", ...args, `${url}/${NAME}.git`, directory);
  return directory;
}

async function installationToken(permissions: Record<string, "read" | "write">): Promise<string> {
  const { data } = await scene.appOctokit.rest.apps.createInstallationAccessToken({
    installation_id: scene.installationId,
    permissions,
  });
  return data.token;
}

describe("refs", () => {
  it("are created once: two at the same time make one branch", async () => {
    const sha = await headOf(scene.octokit, "main");
    const create = () => scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/race", sha });

    const outcomes = await Promise.allSettled([create(), create(), create()]);

    expect(outcomes.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    expect(await refusal(create())).toMatchObject({ status: 422, message: "Reference already exists" });
    const made = scene.github.ledger.filter((entry) => entry.summary === "created refs/heads/race");
    expect(made).toHaveLength(1);
  });

  it.each(["refs/heads/a..b", "refs/heads/", "heads/main", "refs/heads/x.lock", "refs/heads/a b"])(
    "refuse the name %s",
    async (ref) => {
      const sha = await headOf(scene.octokit, "main");

      expect((await refusal(scene.octokit.rest.git.createRef({ ...REPO, ref, sha }))).status).toBe(422);
    },
  );

  it("refuse an object that is not there, and a move that is no fast-forward unless forced", async () => {
    const main = await headOf(scene.octokit, "main");
    const there = await commitOnBranch(scene.octokit, "moving", { "a.txt": "a" });
    const move = (sha: string, force = false) =>
      scene.octokit.rest.git.updateRef({ ...REPO, ref: "heads/moving", sha, force });

    expect(await refusal(move("0123456789012345678901234567890123456789"))).toMatchObject({ status: 422 });
    expect(await refusal(move(main))).toMatchObject({ status: 422, message: "Update is not a fast forward" });
    expect((await move(main, true)).data.object.sha).toBe(main);
    expect((await move(there)).data.object.sha).toBe(there);
  });

  it("are deleted, and gone afterwards", async () => {
    await commitOnBranch(scene.octokit, "short-lived", { "a.txt": "a" });

    await scene.octokit.rest.git.deleteRef({ ...REPO, ref: "heads/short-lived" });

    expect((await refusal(scene.octokit.rest.git.getRef({ ...REPO, ref: "heads/short-lived" }))).status).toBe(
      404,
    );
  });
});

describe("createCommitOnBranch", () => {
  it("writes a commit that a clone gets, in the bot's name, signed by GitHub", async () => {
    const oid = await commitOnBranch(scene.octokit, "commit", {
      "src/add.js": "export const add = (a, b) => a + b;\n",
      "deep/er/new.txt": "new\n",
    });

    const directory = await clone(scene.github.tokenFor("ada"), "--branch", "commit");
    const { data } = await scene.octokit.rest.repos.getCommit({ ...REPO, ref: "commit" });

    expect(await git(directory, "rev-parse", "HEAD")).toBe(oid);
    expect(await readFile(join(directory, "deep/er/new.txt"), "utf8")).toBe("new\n");
    expect(await git(directory, "show", "-s", "--format=%an <%ae> %cn")).toBe(
      `ai-cd[bot] <${scene.app.bot.id}+ai-cd[bot]@users.noreply.github.com> GitHub`,
    );
    expect(data.commit.verification).toMatchObject({ verified: true, reason: "valid" });
    expect(data.author?.login).toBe("ai-cd[bot]");
    expect(data.files?.map((file) => [file.filename, file.status])).toEqual([
      ["deep/er/new.txt", "added"],
      ["src/add.js", "modified"],
    ]);
  });

  it("deletes files and the directories that become empty", async () => {
    await commitOnBranch(scene.octokit, "delete", {}, ["src/add.js"]);

    const { data } = await scene.octokit.rest.repos.getContent({ ...REPO, path: "", ref: "delete" });

    expect(Array.isArray(data) && data.map((entry) => entry.name)).toEqual(["README.md"]);
  });

  const input = (expectedHeadOid: string, fileChanges: object) => ({
    input: {
      branch: { repositoryNameWithOwner: NAME, branchName: "main" },
      expectedHeadOid,
      message: { headline: "x" },
      fileChanges,
    },
  });
  const mutation =
    "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }";

  it("refuses a head that has moved and leaves nothing behind", async () => {
    const stale = await headOf(scene.octokit, "main");
    const other = await commitOnBranch(scene.octokit, "other-head", { "x.txt": "x" });
    const refused = scene.octokit.graphql(
      mutation,
      input(other, { additions: [{ path: "y", contents: "eA==" }] }),
    );

    expect(await graphqlRefusal(refused)).toMatchObject({ type: "STALE_DATA" });
    expect(await headOf(scene.octokit, "main")).toBe(stale);
  });

  it("lets exactly one of two commits on the same head through", async () => {
    const head = await commitOnBranch(scene.octokit, "contested", { "a.txt": "a" });
    const commit = (name: string) =>
      scene.octokit.graphql(mutation, {
        input: {
          ...input(head, { additions: [{ path: name, contents: "eA==" }] }).input,
          branch: { repositoryNameWithOwner: NAME, branchName: "contested" },
        },
      });

    const outcomes = await Promise.allSettled([commit("one"), commit("two")]);

    expect(outcomes.map((each) => each.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it.each([
    ["../escape", "UNPROCESSABLE"],
    [".git/config", "UNPROCESSABLE"],
    ["a//b", "UNPROCESSABLE"],
    [".github/workflows/ci.yml", "FORBIDDEN"],
  ])("refuses to write %s", async (path, type) => {
    const head = await headOf(scene.octokit, "main");
    const refused = scene.octokit.graphql(mutation, input(head, { additions: [{ path, contents: "eA==" }] }));

    expect(await graphqlRefusal(refused)).toMatchObject({ type });
  });

  it("refuses to delete what is not there", async () => {
    const head = await headOf(scene.octokit, "main");
    const refused = scene.octokit.graphql(mutation, input(head, { deletions: [{ path: "nope.txt" }] }));

    expect((await graphqlRefusal(refused)).message).toContain("does not exist");
  });

  it("keeps a file executable", async () => {
    const directory = await clone(scene.github.tokenFor("ada"));
    await writeFile(join(directory, "run.sh"), "#!/bin/sh\n");
    await git(directory, "add", "run.sh");
    await git(directory, "update-index", "--chmod=+x", "run.sh");
    await git(directory, "commit", "--quiet", "-m", "script");
    await git(directory, "push", "--quiet", "origin", "HEAD:refs/heads/executable");

    await commitMore(scene.octokit, "executable", { "run.sh": "#!/bin/sh\necho hi\n" });

    const { data } = await scene.octokit.rest.git.getTree({ ...REPO, tree_sha: "executable" });
    expect(data.tree.find((entry) => entry.path === "run.sh")?.mode).toBe("100755");
  });
});

describe("git over HTTP", () => {
  it("asks for credentials and refuses wrong ones", async () => {
    const anonymous = await fetch(`${scene.github.url}/${NAME}.git/info/refs?service=git-upload-pack`);
    const wrong = clone("ghp_wrong");

    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get("www-authenticate")).toBe('Basic realm="GitHub"');
    await expect(wrong).rejects.toThrow(/Authentication failed/);
  });

  it("lets a token that may read clone and fetch a single commit, but not push", async () => {
    const token = await installationToken({ contents: "read" });
    const directory = await clone(token, "--depth=1");
    const sha = await headOf(scene.octokit, "commit");
    await git(directory, "fetch", "--quiet", "--depth=1", "origin", sha);
    await git(directory, "commit", "--quiet", "--allow-empty", "-m", "no");

    await expect(git(directory, "push", "origin", "HEAD:refs/heads/forbidden")).rejects.toThrow(/403/);
  });

  it("does not let a token without contents clone at all", async () => {
    await expect(clone(await installationToken({ issues: "write" }))).rejects.toThrow(/403|not accessible/);
  });

  it("refuses workflow files from an App without the workflows permission, and takes them from a person", async () => {
    const push = async (token: string, branch: string) => {
      const directory = await clone(token);
      await run("mkdir", ["-p", join(directory, ".github/workflows")]);
      await writeFile(join(directory, ".github/workflows/ci.yml"), "on: push\n");
      await git(directory, "add", ".");
      await git(directory, "commit", "--quiet", "-m", "workflow");
      return git(directory, "push", "origin", `HEAD:refs/heads/${branch}`);
    };

    await expect(push(await installationToken({ contents: "write" }), "wf-app")).rejects.toThrow(
      /without .workflows. permission/,
    );
    await push(scene.github.tokenFor("ada"), "wf-ada");
    expect(await headOf(scene.octokit, "wf-ada")).toMatch(/^[0-9a-f]{40}$/);
  });

  it("announces a push with its commits, and enters it in the ledger", async () => {
    const directory = await clone(scene.github.tokenFor("ada"));
    await writeFile(join(directory, "pushed.txt"), "pushed\n");
    await git(directory, "add", ".");
    await git(directory, "commit", "--quiet", "-m", "Push it");
    const heard = scene.github.next(
      "delivery",
      (each) => each.event === "push" && each.payload.includes("Push it"),
    );
    await git(directory, "push", "--quiet", "origin", "HEAD:refs/heads/pushed");

    const payload = JSON.parse((await heard).payload) as Record<string, unknown>;
    expect(payload).toMatchObject({
      ref: "refs/heads/pushed",
      created: true,
      forced: false,
      commits: [{ message: "Push it", added: ["pushed.txt"] }],
      sender: { login: "ada" },
    });
    expect(scene.github.ledger.at(-1)).toMatchObject({ actor: "ada", route: "git receive-pack", repo: NAME });
  });
});

describe("reading code", () => {
  it("gives files, directories and raw content at a ref, and 404 for what is not there", async () => {
    const file = await scene.octokit.rest.repos.getContent({ ...REPO, path: "src/add.js" });
    const raw = await scene.octokit.rest.repos.getContent({
      ...REPO,
      path: "src/add.js",
      mediaType: { format: "raw" },
    });

    expect("content" in file.data && Buffer.from(file.data.content, "base64").toString()).toContain("a - b");
    expect(String(raw.data)).toContain("a - b");
    expect((await refusal(scene.octokit.rest.repos.getContent({ ...REPO, path: "nope" }))).status).toBe(404);
    expect(
      (await refusal(scene.octokit.rest.repos.getContent({ ...REPO, path: "README.md", ref: "nope" })))
        .status,
    ).toBe(404);
  });

  it("compares branches that have diverged", async () => {
    await commitOnBranch(scene.octokit, "left", { "left.txt": "l\n" });
    await commitOnBranch(scene.octokit, "right", { "right.txt": "r\n", "README.md": "# Changed\n" });

    const { data } = await scene.octokit.rest.repos.compareCommitsWithBasehead({
      ...REPO,
      basehead: "left...right",
    });

    expect([data.status, data.ahead_by, data.behind_by]).toEqual(["diverged", 1, 1]);
    expect(data.files?.map((file) => [file.filename, file.status, file.additions, file.deletions])).toEqual([
      ["README.md", "modified", 1, 5],
      ["right.txt", "added", 1, 0],
    ]);
    expect(data.merge_base_commit.sha).toBe(await headOf(scene.octokit, "main"));
  });

  it("works with names that need quoting", async () => {
    const odd = 'wéird "name" \\ tab\t.txt';
    await commitOnBranch(scene.octokit, "odd-names", { [odd]: "x\n" });

    const { data } = await scene.octokit.rest.repos.getCommit({ ...REPO, ref: "odd-names" });
    const content = await scene.octokit.rest.repos.getContent({ ...REPO, path: odd, ref: "odd-names" });

    expect(data.files?.map((file) => file.filename)).toEqual([odd]);
    expect("content" in content.data && content.data.path).toBe(odd);
  });

  it("takes over the history of an existing repository", async () => {
    const directory = await clone(scene.github.tokenFor("ada"));
    await git(directory, "tag", "v1");
    await scene.github.createRepository("octo", "imported", { from: directory });
    const client = new Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("ada") });
    const imported = { owner: "octo", repo: "imported" };

    const tag = await client.rest.git.getRef({ ...imported, ref: "tags/v1" });
    const commits = await client.rest.repos.listCommits(imported);

    expect(tag.data.object.sha).toBe(commits.data[0]?.sha);
  });
});
