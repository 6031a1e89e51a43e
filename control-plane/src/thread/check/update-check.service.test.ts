import type { CriticVerdict, PolicyVerdict } from "@aicd/core";
import { claimCheckRun, noteCommit, setTask, storeVerdict, type Task } from "@aicd/db";
import { beforeEach, describe, expect, it } from "vitest";
import { move } from "../../tasks/move.ts";
import { startHome } from "../../testing/home.ts";
import { createTaskWorld } from "../../testing/tasks.ts";
import { updateCheck } from "./update-check.ts";

// One home serves all these tests, which together write more than an App may.
const home = await startHome({ limits: { contentPerMinute: 10_000, contentPerHour: 10_000 } });
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;

type Shown = {
  id: number;
  status: string;
  conclusion: string | null;
  external_id: string;
  details_url: string;
  output: { title: string; summary: string; annotations_count: number };
};
const checksOn = async (sha: string) =>
  (await home.ask<{ check_runs: Shown[] }>(`/commits/${sha}/check-runs?filter=all`)).check_runs;
const headOf = async (number: number) =>
  (await home.ask<{ head: { sha: string } }>(`/pulls/${number}`)).head.sha;

const GREEN = {
  command: "npm test",
  exitCode: 0,
  durationMs: 1_000,
  tests: { passed: 3, failed: 0, skipped: 0 },
};
const EVIDENCE = {
  ...{ setup: [], before: [{ ...GREEN, exitCode: 1, outputTail: "" }], sandbox: "bwrap" },
  after: [{ ...GREEN, outputTail: "" }],
  testChanges: { fixed: ["sums are right"], broken: [], added: [], gone: [] },
};

let number = 0;
let task: Task;
let payload: { tenantId: string; taskId: string };
const update = () => updateCheck(deps, payload);

/** A task whose pull request is open on a branch with one commit of ours, which its checks have proven. */
async function opened(): Promise<void> {
  const issueNumber = await home.issue();
  const branch = `aicd/issue-${issueNumber}`;
  number = await home.pull(branch);
  const planted = await world.task("PR_OPEN", { issueNumber, pullRequestNumber: number });
  await publish(planted.task, await headOf(number));
  await world.inTenant((tx) => setTask(tx, planted.task.id, { branch, baseBranch: "main" }));
  const { changeSetId } = planted.task;
  await world.pool.query("UPDATE change_sets SET evidence = $2 WHERE id = $1", [changeSetId, EVIDENCE]);
  task = (await world.find(planted.task.id)) ?? planted.task;
  payload = { tenantId, taskId: task.id };
}

async function publish({ id, changeSetId }: Task, sha: string): Promise<void> {
  await world.inTenant(async (tx) => {
    await setTask(tx, id, { headSha: sha });
    if (changeSetId !== null) await noteCommit(tx, changeSetId, sha);
  });
}

async function stand(state: string): Promise<void> {
  await world.pool.query("UPDATE tasks SET state = $2 WHERE id = $1", [task.id, state]);
}

async function found(found: { critic?: CriticVerdict["findings"]; policy?: PolicyVerdict["findings"] }) {
  const { id: taskId, changeSetId } = task;
  if (changeSetId === null) throw new Error("nothing was published");
  const critic = { approved: true, summary: "", findings: found.critic ?? [] };
  const policy = { kind: "allowed", policyVersion: "1", inputDigest: "", findings: found.policy ?? [] };
  await world.inTenant(async (tx) => {
    const about = { taskId, changeSetId };
    await storeVerdict(tx, deps.mint, { ...about, judge: "critic", kind: "approved", body: critic });
    await storeVerdict(tx, deps.mint, { ...about, judge: "policy", kind: "allowed", body: policy });
  });
}

beforeEach(opened);

describe("the check run of a pull request", () => {
  it("is on its head: what was proven, what it cost, and where more is to be read", async () => {
    await update();

    const [check] = await checksOn(await headOf(number));
    expect(check).toMatchObject({
      ...{ status: "completed", conclusion: "success", external_id: `${task.id}#${number}` },
      details_url: `http://aicd.test/organizations/acme/tasks/${task.id}`,
      output: { title: "Checks pass: 3 tests, 1 mended" },
    });
    expect(check?.output.summary).toContain("`npm test`");
    expect(check?.output.summary).toContain("red before, green now: `sums are right`");
    expect(check?.output.summary).toContain("Spent **$0.00** of $1.00");
    expect(check?.output.summary).toContain(`/compare/main...${encodeURIComponent(task.branch ?? "")}`);
  });

  it("is written once, however often it is asked for", async () => {
    await update();
    const before = home.github.ledger.filter(({ method }) => method !== "GET").length;

    await update();
    await update();

    expect(home.github.ledger.filter(({ method }) => method !== "GET")).toHaveLength(before);
    expect(await checksOn(await headOf(number))).toHaveLength(1);
  });

  it("goes through the states of a later round, on the same head", async () => {
    await update();
    const seen: string[] = [];
    for (const state of ["QUEUED", "CODING", "REVIEWING", "PUBLISHING", "BLOCKED", "CODING", "FAILED"]) {
      await stand(state);
      await update();
      const [check] = await checksOn(await headOf(number));
      seen.push(check?.conclusion ?? check?.status ?? "");
    }

    expect(seen).toEqual([
      ...["queued", "in_progress", "in_progress", "in_progress"],
      ...["action_required", "in_progress", "action_required"],
    ]);
    expect(await checksOn(await headOf(number))).toHaveLength(1);
  });

  it("has one of its own on each head, and nothing spins on the old one", async () => {
    await stand("CODING");
    await update();
    const old = await headOf(number);
    await home.commit(task.branch ?? "", "second.txt");
    await publish(task, await headOf(number));
    await stand("PR_OPEN");

    await update();

    expect(await checksOn(old)).toMatchObject([{ status: "completed", conclusion: "neutral" }]);
    expect(await checksOn(await headOf(number))).toMatchObject([{ conclusion: "success" }]);
  });

  it("says of somebody else's commit that nothing is proven of it", async () => {
    await update();
    await home.commit(task.branch ?? "", "by-mona.txt");

    await update();

    const [check] = await checksOn(await headOf(number));
    expect(check).toMatchObject({
      conclusion: "neutral",
      output: { title: "The newest commit is not AI-CD's" },
    });
  });

  it("is taken over where an earlier try made it and never learned of it", async () => {
    home.onAnswer(/^POST .*\/check-runs$/, async () => {
      throw new TypeError("fetch failed");
    });
    await expect(update()).rejects.toThrow();
    expect((await world.find(task.id))?.checkRun).toBeNull();

    await update();

    expect(await checksOn(await headOf(number))).toHaveLength(1);
  });

  it("is written by one worker at a time, and the other comes back", async () => {
    home.onAnswer(/^GET .*\/commits\/.*\/check-runs$/, async () => {
      await expect(update()).rejects.toMatchObject({ name: "Postponed" });
    });

    await update();
    await update();

    expect(await checksOn(await headOf(number))).toHaveLength(1);
  });

  it("is not waited for when the worker that had it is gone", async () => {
    await world.inTenant((tx) => claimCheckRun(tx, task.id, 0));

    await update();

    expect(await checksOn(await headOf(number))).toHaveLength(1);
  });

  it("shows every finding once, 50 with a call, also when it is written anew", async () => {
    const finding = { path: "README.md", line: 1, severity: "minor" as const, why: "Hm.", wanted: "" };
    await found({
      critic: Array.from({ length: 50 }, (_, line) => ({ ...finding, line: line + 1 })),
      policy: Array.from({ length: 5 }, (_, at) => ({
        ...{ rule: "hosts.new", path: "README.md", message: `Host ${at}`, level: "block" as const },
      })),
    });

    await update();
    await stand("FAILED");
    await update();

    const [check] = await checksOn(await headOf(number));
    expect(check?.output.annotations_count).toBe(55);
  });

  it("shows in its summary what was found of no file, and nothing of it calls anybody", async () => {
    await found({
      critic: [{ path: null, line: null, severity: "major", why: "Ask @octocat, fixes #1.", wanted: "" }],
    });

    await update();

    const [check] = await checksOn(await headOf(number));
    expect(check?.output.summary).toContain("**major** Ask @\u2060octocat");
    expect(check?.output.annotations_count).toBe(0);
  });

  it("is owed by each move of a task with a pull request, and by no other", async () => {
    await world.inTenant((tx) => move(deps, tx, { taskId: task.id, trigger: "revision.requested" }));
    const withHead = await world.owed();
    const { task: young } = await world.task("QUEUED", { issueNumber: await home.issue() });
    await world.inTenant((tx) => move(deps, tx, { taskId: young.id, trigger: "planning.started" }));

    expect(withHead.map(({ job }) => job)).toContain("update-check");
    expect((await world.owed()).map(({ job }) => job)).not.toContain("update-check");
  });

  it("of a task that is gone is nobody's", async () => {
    const before = home.github.ledger.length;

    await updateCheck(deps, { tenantId, taskId: deps.mint("task") });

    expect(home.github.ledger).toHaveLength(before);
  });
});

it("GitHub was never asked for anything it does not know", () => {
  expect(home.github.unexpected).toEqual([]);
});
