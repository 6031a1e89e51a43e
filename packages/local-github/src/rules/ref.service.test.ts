import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  clone,
  commitOnBranch,
  git,
  headOf,
  NAME,
  openScene,
  REPO,
  refusal,
  type Scene,
} from "../testing/scene.ts";
import { isProtected } from "./branch.ts";

const NO_RULE = {
  kind: "ruleset",
  restrictCreations: false,
  restrictUpdates: false,
  restrictDeletions: false,
  blockForcePushes: false,
  requirePull: false,
  approvals: 0,
  checks: [],
  bypass: [],
} as const;

let scene: Scene;
let main: string;

beforeAll(async () => {
  scene = await openScene();
  main = await headOf(scene.octokit, "main");
  await scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/aicd", sha: main });
  await scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/deep/er", sha: main });
});

afterAll(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const create = (ref: string) => refusal(scene.octokit.rest.git.createRef({ ...REPO, ref, sha: main }));

describe("a ref GitHub does not make", () => {
  it.each([
    ["below a branch", "refs/heads/aicd/issue-1", "Reference update failed"],
    ["where branches lie below", "refs/heads/deep", "Reference update failed"],
    ["that looks like an object's id", `refs/heads/${"a1".repeat(20)}`, "Reference update failed"],
    ["as a tag of 40 hex", `refs/tags/${"A1".repeat(20)}`, "Reference update failed"],
    ["among its own pull requests", "refs/pull/1/head", "Reference update failed"],
    ["with a name over 244 bytes", `refs/heads/${"x".repeat(245)}`, "Reference update failed"],
    ["that is there", "refs/heads/aicd", "Reference already exists"],
  ])("%s is refused", async (_where, ref, message) => {
    expect(await create(ref)).toEqual({ status: 422, message, errors: undefined });
  });

  it("is not moved or deleted either, where it is GitHub's own", async () => {
    await commitOnBranch(scene.octokit, "mine", { "a.txt": "a" });
    const { data } = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "x",
      head: "mine",
      base: "main",
    });
    const ref = `pull/${data.number}/head`;

    const moved = await refusal(scene.octokit.rest.git.updateRef({ ...REPO, ref, sha: main, force: true }));
    const deleted = await refusal(scene.octokit.rest.git.deleteRef({ ...REPO, ref }));

    expect([moved.message, deleted.message]).toEqual(["Reference update failed", "Reference update failed"]);
  });

  it.each([
    ["of 40 hex", "b2".repeat(20), "GH002: Sorry, branch or tag names consisting of 40 hex characters"],
    ["below another", "aicd/x", "cannot lock ref"],
  ])("%s is not pushed", async (_what, branch, words) => {
    const work = await clone(scene, "ada");

    const said = await git(work, "push", "origin", `HEAD:refs/heads/${branch}`);

    expect([said.code, said.text]).toEqual([1, expect.stringContaining(words)]);
    expect((await scene.octokit.rest.repos.listBranches(REPO)).data.map((each) => each.name)).not.toContain(
      branch,
    );
  });
});

describe("a branch rule", () => {
  const settings = (login = "ada") =>
    new scene.Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor(login) });

  it.each([
    [
      "ruleset",
      { pattern: "made/**", restrictCreations: true },
      "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n",
    ],
    ["protection", { pattern: "made/*", restrictCreations: true }, "Reference update failed"],
  ] as const)("(%s) keeps branches from being made", async (kind, rule, message) => {
    scene.github[kind === "ruleset" ? "addRuleset" : "protect"](NAME, rule);

    const said = await create("refs/heads/made/here");
    const elsewhere = await scene.octokit.rest.git.createRef({
      ...REPO,
      ref: `refs/heads/other-${kind}`,
      sha: main,
    });
    scene.github.unprotect(NAME);

    expect(said).toEqual({ status: 422, message, errors: undefined });
    expect(elsewhere.status).toBe(201);
  });

  it.each([
    ["a move past a pull request", { requirePull: true }, "Changes must be made through a pull request."],
    ["a move without its check", { checks: ["ci"] }, 'Required status check "ci" is expected.'],
    ["a move without its checks", { checks: ["ci", "lint"] }, "2 of 2 required status checks are expected."],
    ["any move", { restrictUpdates: true }, "Cannot update this protected ref."],
  ])("refuses %s, by REST, GraphQL and push", async (what, rule, words) => {
    const branch = `ruled-${what.replaceAll(/\W/g, "-")}`;
    const oid = await commitOnBranch(scene.octokit, `${branch}-work`, { [`${branch}.txt`]: "x" });
    await scene.octokit.rest.git.createRef({ ...REPO, ref: `refs/heads/${branch}`, sha: main });
    scene.github.protect(NAME, { pattern: branch, ...rule });
    const work = await clone(scene, "ada");
    await git(work, "fetch", "origin", `${branch}-work`);

    const rest = await refusal(
      scene.octokit.rest.git.updateRef({ ...REPO, ref: `heads/${branch}`, sha: oid }),
    );
    const graphql = await scene.commitRefusal(branch, { "b.txt": "b" });
    const push = await git(work, "push", "origin", `FETCH_HEAD:${branch}`);
    scene.github.unprotect(NAME);

    expect([rest.status, rest.message]).toEqual([422, words]);
    expect(graphql).toEqual({ type: "UNPROCESSABLE", message: words });
    expect(push.text).toContain(`GH006: Protected branch update failed for refs/heads/${branch}.`);
    expect(push.text).toContain(`- ${words}`);
    expect(await headOf(scene.octokit, branch)).toBe(main);
  });

  it("lets a move through once its checks have passed, and those it names always", async () => {
    const oid = await commitOnBranch(scene.octokit, "checked-work", { "checked.txt": "x" });
    await scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/checked", sha: main });
    scene.github.addRuleset(NAME, { pattern: "checked", checks: ["ci"], bypass: ["ada"] });
    const move = (client: Scene["octokit"], sha: string) =>
      client.rest.git.updateRef({ ...REPO, ref: "heads/checked", sha, force: true });
    const check = (conclusion: string) =>
      scene.octokit.request("POST /repos/{owner}/{repo}/check-runs", {
        ...REPO,
        name: "ci",
        head_sha: oid,
        status: "completed",
        conclusion,
      } as never);

    const first = await refusal(move(scene.octokit, oid));
    await check("failure");
    const second = await refusal(move(scene.octokit, oid));
    await check("success");
    await move(scene.octokit, oid);
    await move(settings(), main);
    scene.github.unprotect(NAME);

    expect([first.message, second.message]).toEqual([
      'Repository rule violations found\n\nRequired status check "ci" is expected.\n\n',
      'Repository rule violations found\n\nRequired status check "ci" is failing.\n\n',
    ]);
  });

  it("of a ruleset can be known before it refuses", async () => {
    scene.github.addRuleset(NAME, {
      pattern: "known/*",
      restrictCreations: true,
      restrictUpdates: true,
      restrictDeletions: true,
      blockForcePushes: true,
      approvals: 2,
      checks: ["ci"],
    });
    const ask = (branch: string) =>
      scene.octokit.request("GET /repos/{owner}/{repo}/rules/branches/{branch}", { ...REPO, branch });

    const [here, elsewhere] = [await ask("known/x"), await ask("other")];
    scene.github.unprotect(NAME);

    expect(here.data.map((rule) => rule.type)).toEqual([
      ...["creation", "update", "deletion", "non_fast_forward", "pull_request", "required_status_checks"],
    ]);
    expect(here.data[4]).toMatchObject({
      ruleset_source: NAME,
      parameters: { required_approving_review_count: 2 },
    });
    expect(elsewhere.data).toEqual([]);
  });

  it.each([
    ["main", "main", true],
    ["release/*", "release/1", true],
    ["release/*", "release/1/2", false],
    ["release/**", "release/1/2", true],
    ["**", "any/thing", true],
    ["v?.x", "v1.x", true],
    ["v?.x", "v1-x", false],
  ])("for %s covers the branch %s: %s", (pattern, branch, covered) => {
    const rule = { ...NO_RULE, pattern };

    expect(isProtected({ rules: [rule] }, branch)).toBe(covered);
  });

  it("keeps commits from getting lost, and the branch from being deleted", async () => {
    const oid = await commitOnBranch(scene.octokit, "kept", { "kept.txt": "x" });
    scene.github.protect(NAME, { pattern: "kept", blockForcePushes: true, restrictDeletions: true });
    const work = await clone(scene, "ada");

    const forced = await refusal(
      scene.octokit.rest.git.updateRef({ ...REPO, ref: "heads/kept", sha: main, force: true }),
    );
    const deleted = await refusal(scene.octokit.rest.git.deleteRef({ ...REPO, ref: "heads/kept" }));
    const pushed = await git(work, "push", "--force", "origin", `${main}:kept`);
    const more = await scene.commitMore("kept", { "kept.txt": "y" });
    scene.github.unprotect(NAME);

    expect([forced.message, deleted.message]).toEqual([
      "Cannot force-push to this branch",
      "Cannot delete this branch",
    ]);
    expect(pushed.text).toContain("- Cannot force-push to this branch");
    expect([oid, await headOf(scene.octokit, "kept")]).toEqual([expect.any(String), more]);
  });

  it("keeps a pull request from being merged until it is approved and checked", async () => {
    const oid = await commitOnBranch(scene.octokit, "asked", { "asked.txt": "x" });
    const { data } = await scene.octokit.rest.pulls.create({
      ...REPO,
      title: "x",
      head: "asked",
      base: "main",
    });
    scene.github.protect(NAME, { pattern: "main", requirePull: true, approvals: 1, checks: ["ci"] });
    const merge = () => scene.octokit.rest.pulls.merge({ ...REPO, pull_number: data.number });
    const state = async () =>
      (await scene.octokit.rest.pulls.get({ ...REPO, pull_number: data.number })).data.mergeable_state;

    const first = await refusal(merge());
    const blocked = await state();
    await settings().rest.repos.createCommitStatus({ ...REPO, sha: oid, state: "success", context: "ci" });
    const second = await refusal(merge());
    await scene.github.as("ada").review(NAME, data.number, { event: "APPROVE" });
    const clean = await state();
    await merge();
    scene.github.unprotect(NAME);

    expect([first.status, first.message, second.message]).toEqual([
      405,
      'Required status check "ci" is expected. At least 1 approving review is required by reviewers with write access.',
      "At least 1 approving review is required by reviewers with write access.",
    ]);
    expect([blocked, clean]).toEqual(["blocked", "clean"]);
  });
});
