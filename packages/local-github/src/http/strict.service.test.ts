import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitMore, NAME, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await openScene();
});

afterEach(async () => {
  await scene.close();
});

describe("a request GitHub would not understand", () => {
  it("of an unknown route gets 501 with its name, and is recorded", async () => {
    const response = await fetch(`${scene.github.url}/repos/octo/demo/traffic/views`, { method: "PUT" });

    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ method: "PUT", path: "/repos/octo/demo/traffic/views" });
    expect(scene.github.unexpected).toMatchObject([
      { kind: "unknown-route", method: "PUT", path: "/repos/octo/demo/traffic/views" },
    ]);
  });

  it("with a body off the schema gets 422 that says where", async () => {
    const said = await refusal(
      scene.octokit.request("POST /repos/{owner}/{repo}/git/refs", { ...REPO, ref: 7, sha: "x" } as never),
    );

    expect(said.status).toBe(422);
    expect(said.message).toContain("'body/ref', must be string");
  });

  it("with a path parameter off the schema gets 422", async () => {
    const response = await fetch(`${scene.github.url}/repos/octo/demo/issues/seven`);

    expect(response.status).toBe(422);
  });

  it("with inputs GitHub ignores is answered, and recorded", async () => {
    await scene.octokit.request("POST /repos/{owner}/{repo}/issues", {
      ...REPO,
      title: "x",
      labls: ["typo"],
    });

    expect(scene.github.unexpected).toMatchObject([{ kind: "ignored-input", detail: "labls" }]);
  });

  it("is told so only when the caller may be there at all", async () => {
    await scene.github.createRepository("octo", "private", { private: true });

    const response = await fetch(`${scene.github.url}/repos/octo/private/issues`, {
      method: "POST",
      body: "{}",
    });

    expect(response.status).toBe(404);
  });

  it("for a media type that is not given is answered, and recorded", async () => {
    await scene.octokit.rest.issues.listForRepo({ ...REPO, mediaType: { format: "html" } });

    expect(scene.github.unexpected).toMatchObject([{ kind: "ignored-input", detail: "the media type html" }]);
  });

  it("that is not JSON gets 400", async () => {
    const response = await fetch(`${scene.github.url}/repos/octo/demo/issues`, {
      method: "POST",
      headers: { authorization: `Bearer ${scene.github.tokenFor("ada")}` },
      body: "{",
    });

    expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
      400,
      "Problems parsing JSON",
    ]);
  });

  it("with a token nobody issued gets 401", async () => {
    const response = await fetch(`${scene.github.url}/repos/octo/demo`, {
      headers: { authorization: "Bearer ghs_x" },
    });

    expect(response.status).toBe(401);
  });

  it("reaches the same places below the Enterprise prefix", async () => {
    const response = await fetch(`${scene.github.url}/api/v3/repos/octo/demo`);

    expect(((await response.json()) as { full_name: string }).full_name).toBe(NAME);
  });
});

describe("a planted fault", () => {
  const issues = "/repos/{owner}/{repo}/issues";
  const open = () => scene.octokit.rest.issues.create({ ...REPO, title: "x" });
  const count = async () =>
    (await scene.octokit.rest.issues.listForRepo({ ...REPO, state: "all" })).data.length;

  it("answers instead of the work, as often as it was told", async () => {
    scene.github.faults.set({
      method: "POST",
      route: issues,
      status: 403,
      headers: { "retry-after": "60" },
      answer: { message: "You have exceeded a secondary rate limit." },
      times: 1,
    });

    const said = await refusal(open());
    await open();

    expect(said).toMatchObject({ status: 403, message: expect.stringContaining("secondary rate limit") });
    expect(await count()).toBe(1);
  });

  it("can do the work and then answer 502", async () => {
    scene.github.faults.set({ method: "POST", route: issues, status: 502, cut: "after", times: 1 });

    expect((await refusal(open())).status).toBe(502);
    expect(await count()).toBe(1);
    expect(scene.github.ledger.filter((entry) => entry.route === issues)).toHaveLength(1);
  });

  it("can do the work and then drop the connection, or drop it before", async () => {
    scene.github.faults.set({ method: "POST", route: issues, cut: "after", times: 1 });
    await expect(open()).rejects.toThrow(/other side closed|fetch failed|socket/i);
    scene.github.faults.set({ method: "POST", route: issues, cut: "before", times: 1 });
    await expect(open()).rejects.toThrow(/other side closed|fetch failed|socket/i);

    expect(await count()).toBe(1);
  });

  it("can pick out one mutation", async () => {
    const main = await scene.octokit.rest.git.getRef({ ...REPO, ref: "heads/main" });
    await scene.octokit.rest.git.createRef({ ...REPO, ref: "refs/heads/b", sha: main.data.object.sha });
    scene.github.faults.set({ method: "POST", route: "/graphql", body: /createCommitOnBranch/, status: 502 });

    const viewer = await scene.octokit.graphql("{ viewer { login } }");
    const commit = commitMore(scene.octokit, "b", { "x.txt": "x" });

    expect(viewer).toBeDefined();
    await expect(commit).rejects.toMatchObject({ status: 502 });
    scene.github.faults.clear();
    await commitMore(scene.octokit, "b", { "x.txt": "x" });
  });

  it("matches by expression, and may only be slow", async () => {
    scene.github.faults.set({ method: "*", route: /\/rate_limit$/, latencyMs: 60 });

    const started = performance.now();
    await scene.octokit.rest.rateLimit.get();

    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  });
});

describe("bookkeeping", () => {
  it("counts requests by route, and keeps writes with who made them", async () => {
    const issue = await scene.github.as("ada").openIssue(NAME, { title: "Count" });
    await scene.octokit.rest.issues.get({ ...REPO, issue_number: issue.number });
    await scene.octokit.rest.issues.get({ ...REPO, issue_number: issue.number });

    expect(scene.github.traffic.get("GET /repos/{owner}/{repo}/issues/{issue_number}")).toBe(2);
    expect(scene.github.ledger[0]).toMatchObject({
      actor: "ada",
      tokenKind: "user",
      method: "POST",
      route: "/repos/{owner}/{repo}/issues",
      repo: NAME,
      body: { title: "Count" },
      bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe("a page", () => {
  it("shows an issue as text, whatever is written in it", async () => {
    const attack = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    const issue = await scene.github.as("ada").openIssue(NAME, { title: attack, body: attack });
    await scene.github.as("ada").comment(NAME, issue.number, attack);

    const response = await fetch(`${scene.github.url}/${NAME}/issues/${issue.number}`);
    const markup = await response.text();

    expect(response.headers.get("content-type")).toContain("text/html");
    expect(markup).not.toContain("<script>");
    expect(markup).not.toContain("<img");
    expect(markup.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)).toHaveLength(4);
  });
});
