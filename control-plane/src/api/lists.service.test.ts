import { describe, expect, it } from "vitest";
import { send } from "./testing/client.ts";
import { plantTask } from "./testing/plant.ts";
import { createApiWorld } from "./testing/world.ts";

const world = await createApiWorld();
const { ours, theirs } = world;
const token = ours.users.viewer.token;
const tasks = `/v1/organizations/${ours.tenantId}/tasks`;
type Page = {
  items: {
    id: string;
    state: string;
    issueTitle: string;
    issueNumber: number;
    requestedBy: { login: string };
  }[];
  next: string | null;
};

const plant = (issueNumber: number, more: { state?: "MERGED" | "FAILED"; by?: string } = {}) =>
  plantTask(world.database.pool, world.deps.mint, {
    ...ours,
    issueNumber,
    state: more.state ?? "MERGED",
    ...more,
  });
for (let issueNumber = 100; issueNumber < 120; issueNumber++) {
  await plant(issueNumber, { by: issueNumber % 2 === 0 ? "Mona" : "hubot" });
}

async function page(query: string): Promise<Page> {
  const got = await send(world, { path: `${tasks}${query}`, token });
  expect([got.status, got.text]).toEqual([200, got.text]);
  return got.body as Page;
}

async function walk(query: string, between?: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  let { items, next } = await page(`?limit=5${query}`);
  for (;;) {
    seen.push(...items.map(({ id }) => id));
    if (next === null) return seen;
    await between?.();
    ({ items, next } = await page(`?limit=5${query}&cursor=${next}`));
  }
}

describe("a list", () => {
  it("is walked whole, newest first, each row once", async () => {
    const all = (await page("?limit=100")).items.map(({ id }) => id);

    expect(all).toHaveLength(22);
    expect(all).toEqual([...all].sort().reverse());
    expect(await walk("")).toEqual(all);
  });

  it("keeps its place while rows are inserted", async () => {
    const before = (await page("?limit=100")).items.map(({ id }) => id);
    let issueNumber = 500;

    const seen = await walk("", () => plant(issueNumber++));

    expect(seen).toEqual(before);
  });

  it("names the next page in the body and as a link", async () => {
    const got = await send(world, { path: `${tasks}?limit=2&state=MERGED`, token });
    const { next } = got.body as Page;

    expect(got.headers.get("link")).toBe(`<${tasks}?limit=2&state=MERGED&cursor=${next}>; rel="next"`);
    expect((await send(world, { path: `${tasks}?limit=100`, token })).headers.get("link")).toBeNull();
  });

  it.each([
    ["made up", "bm9uc2Vuc2U"],
    ["no base64 at all", "%00%ff"],
    ["one of another list", Buffer.from(JSON.stringify([1, "evt_x", "abcdefgh"])).toString("base64url")],
  ])("takes no cursor that is %s", async (_name, cursor) => {
    const got = await send(world, { path: `${tasks}?cursor=${cursor}`, token });

    expect(got).toMatchObject({ status: 400, body: { errors: [{ in: "query", pointer: "/cursor" }] } });
  });

  it("takes no cursor of other filters", async () => {
    const { next } = await page("?limit=2&state=MERGED");

    expect((await send(world, { path: `${tasks}?limit=2&cursor=${next}`, token })).status).toBe(400);
  });

  it("shows nothing abroad with a cursor from here", async () => {
    const { next } = await page("?limit=2");
    const abroad = await send(world, {
      path: `/v1/organizations/${theirs.tenantId}/tasks?limit=100&cursor=${next}`,
      token: theirs.users.viewer.token,
    });
    const ids = (abroad.body as Page).items.map(({ id }) => id);
    const { rows } = await world.database.pool.query("SELECT id FROM tasks WHERE tenant_id = $1", [
      ours.tenantId,
    ]);

    expect(rows.filter(({ id }) => ids.includes(id))).toEqual([]);
  });
});

describe("filters", () => {
  it("by state, several at once", async () => {
    const states = (query: string) =>
      page(`?limit=100${query}`).then(({ items }) => new Set(items.map(({ state }) => state)));

    expect(await states("&state=FAILED")).toEqual(new Set(["FAILED"]));
    expect(await states("&state=FAILED&state=AWAITING_APPROVAL")).toEqual(
      new Set(["FAILED", "AWAITING_APPROVAL"]),
    );
  });

  it("by author in any case, by repository, by time", async () => {
    const count = (query: string) => page(`?limit=100${query}`).then(({ items }) => items.length);
    const all = await count("");

    expect(await count("&author=hubot")).toBe(10);
    expect(await count("&author=MONA")).toBe(all - 10);
    expect(await count(`&repository=${ours.repositoryId}`)).toBe(all);
    expect(await count(`&repository=${theirs.repositoryId}`)).toBe(0);
    expect(await count("&createdFrom=2100-01-01T00:00:00Z")).toBe(0);
    expect(await count("&createdTo=2100-01-01T00:00:00%2B02:00")).toBe(all);
  });

  it("by part of the title, letter for letter, or by the issue's number", async () => {
    const titles = async (text: string) =>
      (await page(`?limit=100&text=${encodeURIComponent(text)}`)).items.map(({ issueTitle }) => issueTitle);
    const [task] = (await page("?limit=1")).items;
    await world.database.pool.query("UPDATE tasks SET issue_title = $2 WHERE id = $1", [
      task?.id,
      "Grow 100% of_Ünits 77",
    ]);

    expect(await titles("OF_ü")).toEqual(["Grow 100% of_Ünits 77"]);
    expect(await titles("100%")).toEqual(["Grow 100% of_Ünits 77"]);
    expect(await titles("10%of")).toEqual([]);
    expect(await titles(`#${task?.issueNumber}`)).toEqual(["Grow 100% of_Ünits 77"]);
    expect(await titles("77")).toContain("Grow 100% of_Ünits 77");
  });

  it("are refused when unknown or impossible, all at once", async () => {
    const got = await send(world, { path: `${tasks}?limit=0&state=DONE&colour=red`, token });

    expect(got).toMatchObject({ status: 400, body: { type: "urn:aicd:problem:invalid" } });
    const { errors } = got.body as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(["", "/limit", "/state/0"]);
  });
});

describe("the proof of a task", () => {
  const read = async (what: string) =>
    (await send(world, { path: `${tasks}/${ours.taskId}/${what}`, token })).body as Record<string, unknown>;

  it("is its change, file by file, with contents only when they are asked for", async () => {
    const body = await read("change-set");

    expect(body).toMatchObject({
      title: "Round once in widget",
      commitSha: null,
      files: [
        { path: "src/sum.js", kind: "write", mode: "100644", isNew: false, bytes: 3 },
        { path: "old/widget.js", kind: "delete", mode: null, bytes: null },
      ],
    });
    expect(JSON.stringify(body)).not.toContain("contentBase64");
    expect(await read("change-set?content=true")).toMatchObject({ files: [{ contentBase64: "c3Vt" }, {}] });
  });

  it("is each command with its exit code and counts, before and after", async () => {
    expect(await read("evidence")).toMatchObject({
      sandbox: "bwrap",
      commands: [
        { stage: "before", command: "npm test", exitCode: 1, tests: { passed: 3, failed: 1 } },
        { stage: "after", command: "npm test", exitCode: 0, tests: { passed: 4, failed: 0 } },
      ],
      tests: { before: { passed: 3, failed: 1 }, after: { passed: 4, failed: 0 } },
      testChanges: null,
      weakened: [],
    });
  });

  it("is the judgements, newest first, a page at a time", async () => {
    const { items, next } = (await read("verdicts?limit=1")) as { items: unknown[]; next: string };
    expect(items).toMatchObject([
      { judge: "policy", kind: "blocked", findings: [{ rule: "path.protected", severity: "block" }] },
    ]);
    expect(await read(`verdicts?limit=1&cursor=${next}`)).toMatchObject({
      items: [{ judge: "critic", kind: "approved", summary: "Fine for widget", findings: [{ line: 3 }] }],
      next: null,
    });
  });

  it("is not there for a task without a change", async () => {
    for (const what of ["change-set", "evidence"]) {
      const got = await send(world, { path: `${tasks}/${ours.failedTaskId}/${what}`, token });
      expect(got.status).toBe(404);
    }
  });
});

describe("usage", () => {
  it("sums exactly, by each of its sides, and counts nobody else's", async () => {
    const usage = `/v1/organizations/${ours.tenantId}/usage`;
    const owner = ours.users.owner.token;
    const keys: string[] = [];
    for (const by of ["day", "repository", "person", "model", "outcome", "task"]) {
      const got = await send(world, { path: `${usage}/spend?by=${by}`, token: owner });
      const { items } = got.body as { items: { key: string; microUsd: number; calls: number }[] };
      expect(items.reduce((sum, { microUsd }) => sum + microUsd, 0)).toBe(246_912);
      keys.push(...items.map(({ key }) => key));
    }

    expect(keys).toEqual([
      new Date().toISOString().slice(0, 10),
      ...[ours.repositoryId, ours.hidden.repositoryId].sort(),
      "1",
      "anthropic/claude-sonnet-5",
      "AWAITING_APPROVAL",
      ...[ours.taskId, ours.hidden.taskId].sort(),
    ]);
    const total = await send(world, { path: usage, token: owner });
    expect(total.body).toMatchObject({
      microUsd: 246_912,
      calls: 2,
      tasks: 2,
      open: { tasks: 2, budgetMicroUsd: 2_000_000, spentMicroUsd: 0 },
    });
    expect((await send(world, { path: `${usage}?from=2020-01-01T00:00:00Z`, token: owner })).status).toBe(
      400,
    );
  });
});

describe("spend as CSV", () => {
  const read = (by: string, token: string | undefined) =>
    send(world, {
      path: `/v1/organizations/${ours.tenantId}/usage/spend/export?by=${by}`,
      ...(token === undefined ? {} : { token }),
    });

  it("is a file with the rows of the JSON, in the same order", async () => {
    const got = await read("task", ours.users.billing.token);
    const path = `/v1/organizations/${ours.tenantId}/usage/spend?by=task`;
    const { body } = await send(world, { path, token: ours.users.billing.token });

    expect([got.status, got.headers.get("content-type"), got.headers.get("content-disposition")]).toEqual([
      200,
      expect.stringMatching(/^text\/csv/),
      'attachment; filename="aicd-spend.csv"',
    ]);
    const [head, ...lines] = got.text.trimEnd().split("\r\n");
    expect(head).toBe("task,name,calls,spent_usd,not_billed_usd");
    const { items } = body as { items: { key: string; label: string }[] };
    expect(lines).toEqual(items.map(({ key, label }) => `${key},${label},1,0.123456,0.000000`));
  });

  it("shows a member no more than the JSON does, and a viewer nothing", async () => {
    const member = await read("repository", ours.users.member.token);

    expect(member.text).toContain("\r\n,,1,0.123456,0.000000\r\n");
    expect(member.text).not.toContain(ours.hidden.repositoryId);
    expect((await read("repository", ours.users.viewer.token)).status).toBe(403);
  });

  it("has no formula of anybody's", async () => {
    const of = [ours.tenantId, ours.taskId];
    const name = (model: string) =>
      world.database.pool.query("UPDATE usage SET model = $3 WHERE tenant_id = $1 AND task_id = $2", [
        ...of,
        model,
      ]);
    await name('=HYPERLINK("https://evil.example/")');

    const { text } = await read("model", ours.users.owner.token);

    expect(text).toContain(`,"'=HYPERLINK(""https://evil.example/"")",`);
    await name("claude-sonnet-5");
  });
});

describe("usage that is not billed", () => {
  const usage = `/v1/organizations/${ours.tenantId}/usage`;
  const token = ours.users.owner.token;
  const excuse = (reason: string | null) =>
    world.database.pool.query("UPDATE usage SET excused = $2 WHERE tenant_id = $1 AND task_id = $3", [
      ours.tenantId,
      reason,
      ours.taskId,
    ]);

  it("is in every sum as spent, and said beside it, with the reason in words", async () => {
    await excuse("runner_lost");

    const total = await send(world, { path: usage, token });
    const byDay = await send(world, { path: `${usage}/spend?by=day`, token });

    const happened = expect.stringContaining("runner");
    expect(total.body).toMatchObject({
      microUsd: 246_912,
      excused: {
        microUsd: 123_456,
        calls: 1,
        reasons: [{ reason: "runner_lost", happened, microUsd: 123_456, calls: 1 }],
      },
    });
    expect(byDay.body).toMatchObject({ items: [{ microUsd: 246_912, excusedMicroUsd: 123_456, calls: 2 }] });
    await excuse(null);
  });
});

describe("what became of tasks", () => {
  const ask = async (query = "", user: "owner" | "member" = "owner") =>
    send(world, {
      path: `/v1/organizations/${ours.tenantId}/usage/outcomes${query}`,
      token: ours.users[user].token,
    });

  it("is shares of what is over, the same for everybody who may see usage, and none of nothing", async () => {
    await world.database.pool.query(
      "UPDATE tasks SET state = 'MERGED', pull_request_number = 7 WHERE id = $1",
      [ours.hidden.failedTaskId],
    );
    const { body } = await ask();

    expect(body).toMatchObject({ pullRequests: 1, closed: 0, failed: 1 });
    expect(body).toMatchObject({ successRate: 0.5, mergeRate: 1, toPullRequestS: null });
    expect((await ask("", "member")).body).toMatchObject({ pullRequests: 1, successRate: 0.5 });
    expect((await ask("?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z")).body).toMatchObject({
      tasks: 0,
      successRate: null,
      mergeRate: null,
    });
    expect((await ask("?from=2020-01-01T00:00:00Z")).status).toBe(400);
  });
});

describe("usage of repositories that are hidden from a member", () => {
  const spend = async (by: string) => {
    const path = `/v1/organizations/${ours.tenantId}/usage/spend?by=${by}`;
    return (await send(world, { path, token: ours.users.member.token })).body;
  };

  it("is in every sum, and in one row without a name where sums are by repository or task", async () => {
    const path = `/v1/organizations/${ours.tenantId}/usage`;
    const total = await send(world, { path, token: ours.users.billing.token });

    expect(total.body).toMatchObject({ microUsd: 246_912, calls: 2, tasks: 2, open: { tasks: 2 } });
    for (const [by, key] of [
      ["repository", ours.repositoryId],
      ["task", ours.taskId],
    ] as const) {
      const { items } = (await spend(by)) as { items: { key: string; label: string }[] };
      expect(items.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
        { key: "", label: "", microUsd: 123_456, excusedMicroUsd: 0, calls: 1 },
        {
          key,
          label: expect.stringContaining("ours/widget"),
          microUsd: 123_456,
          excusedMicroUsd: 0,
          calls: 1,
        },
      ]);
    }
    expect(await spend("model")).toMatchObject({ items: [{ microUsd: 246_912, calls: 2 }] });
  });
});

describe("runners", () => {
  it("are the live attempts of the tenant", async () => {
    const got = await send(world, { path: `/v1/organizations/${ours.tenantId}/runners`, token });

    expect(got.body).toMatchObject({
      items: [{ taskId: ours.failedTaskId, state: "dispatched" }],
      next: null,
    });
  });
});
