import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitOnBranch, openScene, REPO, refusal, type Scene } from "../testing/scene.ts";

const MINUTE = 60_000;
let scene: Scene;

beforeEach(async () => {
  scene = await openScene({ limits: { contentPerMinute: 80, contentPerHour: 500 } });
});

afterEach(async () => {
  await scene.github.settled();
  await scene.close();
  expect(scene.github.unexpected).toEqual([]);
});

const issue = () => scene.octokit.rest.issues.create({ ...REPO, title: "x" });

async function open(count: number): Promise<number> {
  let last = 0;
  for (let at = 0; at < count; at += 1) last = (await issue()).data.number;
  return last;
}

describe("writes of content", () => {
  it("are 80 a minute, then 403 with retry-after for a minute", async () => {
    await open(80);

    const response = await issue().catch((error) => error.response);
    scene.github.rates.skip(MINUTE - 1000);
    const still = await refusal(issue());
    scene.github.rates.skip(2000);
    const again = await issue();

    expect(response).toMatchObject({
      status: 403,
      headers: { "retry-after": "60" },
      data: {
        message: expect.stringContaining(
          "You have exceeded a secondary rate limit and have been temporarily blocked from content creation.",
        ),
        documentation_url: expect.stringContaining("#about-secondary-rate-limits"),
      },
    });
    expect([still.status, again.status]).toEqual([403, 201]);
  });

  it("are 500 an hour", async () => {
    for (let minute = 0; minute < 7; minute += 1) {
      await open(minute < 6 ? 80 : 20);
      scene.github.rates.skip(MINUTE);
    }

    const said = await refusal(issue());
    scene.github.rates.skip(60 * MINUTE);
    const again = await issue();

    expect([said.status, again.status]).toEqual([403, 201]);
  });

  it("are counted over REST and GraphQL together, and reading is not one", async () => {
    const number = await open(78);
    await commitOnBranch(scene.octokit, "work", { "a.txt": "a" });

    const said = await scene.commitMore("work", { "a.txt": "b" }).catch((error) => error);
    const read = await scene.octokit.rest.issues.get({ ...REPO, issue_number: number });

    expect([said.status, said.message]).toEqual([403, expect.stringContaining("secondary rate limit")]);
    expect(read.status).toBe(200);
  });

  it("of one account are not those of another, and steering Actions is none", async () => {
    await open(80);

    const other = new scene.Client({ baseUrl: scene.github.url, auth: scene.github.tokenFor("ada") });
    const opened = await other.rest.issues.create({ ...REPO, title: "x" });
    const dispatched = await refusal(
      scene.octokit.rest.actions.createWorkflowDispatch({ ...REPO, workflow_id: "none.yml", ref: "main" }),
    );

    expect([opened.status, dispatched.status]).toEqual([201, 404]);
  });

  it("are refused with 429 as well, which GitHub may choose", async () => {
    scene.github.rates.setLimits({ contentPerMinute: 0, status: 429 });

    const response = await issue().catch((error) => error.response);

    expect([response.status, response.headers["retry-after"]]).toEqual([429, "60"]);
  });

  it("of whoever is spared are free", async () => {
    scene.github.rates.spare({ installationId: scene.installationId });

    expect(await open(81)).toBe(81);
  });
});

describe("the hour's requests", () => {
  it("are counted in the headers and run out into 403", async () => {
    const before = await scene.octokit.rest.repos.get(REPO);
    const after = await scene.octokit.rest.repos.get(REPO);
    scene.github.rates.exhaust({ installationId: scene.installationId });
    const response = await scene.octokit.rest.repos.get(REPO).catch((error) => error.response);
    const left = await scene.octokit.rest.rateLimit.get();

    expect(before.headers["x-ratelimit-limit"]).toBe("5000");
    expect(
      Number(before.headers["x-ratelimit-remaining"]) - Number(after.headers["x-ratelimit-remaining"]),
    ).toBe(1);
    expect(response).toMatchObject({
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-resource": "core" },
      data: { message: `API rate limit exceeded for installation ID ${scene.installationId}.` },
    });
    expect(left.data.rate.remaining).toBe(0);
  });

  it("begin anew when the header said", async () => {
    scene.github.rates.exhaust({ installationId: scene.installationId });
    const response = await scene.octokit.rest.repos.get(REPO).catch((error) => error.response);
    const wait = Number(response.headers["x-ratelimit-reset"]) * 1000 - Date.now();

    scene.github.rates.skip(wait);

    expect((await scene.octokit.rest.repos.get(REPO)).status).toBe(200);
  });

  it("of GraphQL run out on their own, into an answer with status 200", async () => {
    scene.github.rates.exhaust({ installationId: scene.installationId }, "graphql");

    const said: { errors: unknown; headers: Record<string, string> } = await scene.octokit
      .graphql("{ rateLimit { remaining } }")
      .then(() => Promise.reject(new Error("it was answered")))
      .catch((error) => error);
    const rest = await scene.octokit.rest.repos.get(REPO);

    expect(said.errors).toEqual([
      {
        type: "RATE_LIMITED",
        message: `API rate limit exceeded for installation ID ${scene.installationId}.`,
      },
    ]);
    expect([said.headers["x-ratelimit-remaining"], rest.status]).toEqual(["0", 200]);
  });

  it("of nobody in particular are 60", async () => {
    let last: Response | undefined;
    for (let at = 0; at < 61; at += 1) last = await fetch(`${scene.github.url}/repos/octo/demo`);

    expect([last?.status, last?.headers.get("x-ratelimit-limit")]).toEqual([403, "60"]);
  });
});
