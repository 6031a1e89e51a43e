import type { TaskId } from "@aicd/core";
import { TenantSettings } from "@aicd/core";
import type { CommandFlags } from "@aicd/core/command";
import { findLiveAttempt, findPlan, listAttempts, putSettings, requestStop, setTask } from "@aicd/db";
import { afterEach, describe, expect, it } from "vitest";
import { startHome } from "../testing/home.ts";
import { createTaskWorld, MONA } from "../testing/tasks.ts";
import { startAttempt } from "./start-attempt.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;
const REPO = "acme/widget";
const FREE = TenantSettings.parse({});

const start = (taskId: TaskId) => startAttempt(deps, { tenantId, taskId });
const live = (taskId: TaskId) => world.inTenant((tx) => findLiveAttempt(tx, taskId));
const attempts = (taskId: TaskId) => world.inTenant((tx) => listAttempts(tx, taskId));
/** Inputs of the workflow runs that were started for the attempts of a task. */
const dispatched = async (taskId: TaskId) => {
  const keys = (await attempts(taskId)).map(({ runKey }) => runKey);
  return home.github.ledger
    .filter(({ route }) => route.endsWith("/dispatches"))
    .map(({ body }) => (body as { inputs: Record<string, string> }).inputs)
    .filter((inputs) => keys.includes(inputs["run-key"] ?? ""));
};

async function queued() {
  const issueNumber = await home.issue();
  return (await world.task("QUEUED", { issueNumber })).task.id;
}

/** A task whose plan mona has just approved. */
async function approved() {
  const issueNumber = await home.issue();
  const { task, hash } = await world.task("AWAITING_APPROVAL", { issueNumber });
  const source = { kind: "issue_comment" as const, commentId: 5 };
  await world.say({ type: "plan.approved", issueNumber, actor: MONA, source, hash });
  await world.owed();
  return { task, issueNumber, hash };
}

afterEach(async () => {
  home.github.faults.clear();
  await world.pool.query("UPDATE installations SET state = 'active'");
  await world.pool.query("UPDATE repositories SET enabled = true");
  await world.inTenant((tx) => putSettings(tx, FREE));
  await home.github.addCollaborator(REPO, "mona", "admin");
});

describe("a task in the queue", () => {
  it("gets an attempt with a frozen context, and its workflow is started for it", async () => {
    const taskId = await queued();

    await start(taskId);

    const attempt = await live(taskId);
    expect(attempt).toMatchObject({ state: "dispatched", number: 2, runId: expect.any(Number) });
    expect(attempt?.context).toMatchObject({
      baseSha: home.baseSha,
      startSha: home.baseSha,
      baseBranch: "main",
      snapshot: { issue: { title: "Sums are wrong", body: "They are rounded twice." } },
    });
    expect(await dispatched(taskId)).toEqual([
      { "attempt-id": attempt?.id, "run-key": attempt?.runKey, "control-plane-url": "http://aicd.test" },
    ]);
  });

  it.each([["bwrap"], ["process"]] as const)("runs in what the organization allows: %s", async (level) => {
    await world.inTenant((tx) => putSettings(tx, { ...FREE, weakestSandbox: level }));
    const taskId = await queued();

    await start(taskId);

    expect((await live(taskId))?.context?.settings.sandbox).toBe(level);
  });

  it("is started once by a repeated job", async () => {
    const taskId = await queued();

    await start(taskId);
    await start(taskId);

    expect(await dispatched(taskId)).toHaveLength(1);
  });

  it("whose start got through although its answer was lost is not started twice", async () => {
    const taskId = await queued();
    home.github.faults.set({ method: "POST", route: /dispatches$/, cut: "after", status: 500 });
    await start(taskId).catch(() => undefined);
    home.github.faults.clear();

    await start(taskId);

    expect(await dispatched(taskId)).toHaveLength(1);
    expect((await live(taskId))?.state).toBe("dispatched");
  });

  it("keeps what an earlier try froze, whatever has been edited since", async () => {
    const taskId = await queued();
    home.github.faults.set({ method: "POST", route: /dispatches$/, cut: "before" });
    await start(taskId).catch(() => undefined);
    home.github.faults.clear();
    const { issueNumber } = (await world.find(taskId)) ?? { issueNumber: 0 };
    await home.mona.editIssue(REPO, issueNumber, { body: "Something else." });

    await start(taskId);

    expect((await live(taskId))?.context?.snapshot.issue.body).toBe("They are rounded twice.");
  });

  it("leaves an attempt behind that was told to stop", async () => {
    const issueNumber = await home.issue();
    const { task, attempt } = await world.task("CODING", { issueNumber });
    await world.inTenant((tx) => requestStop(tx, attempt?.id ?? deps.mint("attempt"), "stop"));
    await world.pool.query("UPDATE tasks SET state = 'QUEUED' WHERE id = $1", [task.id]);

    await start(task.id);

    expect((await attempts(task.id)).map(({ state }) => state)).toEqual(["dispatched", "cancelled"]);
  });

  it("that was cancelled while GitHub was asked has no attempt left", async () => {
    const taskId = await queued();
    home.onAnswer(/dispatches$/, () =>
      world.pool.query("UPDATE tasks SET state = 'CANCELLED' WHERE id = $1", [taskId]),
    );

    await start(taskId);

    expect((await world.find(taskId))?.state).toBe("CANCELLED");
    expect(await live(taskId)).toBeUndefined();
  });
});

it.each(["PLANNING", "AWAITING_APPROVAL", "PR_OPEN", "CANCELLED", "FAILED"] as const)(
  "a task that is %s is not started",
  async (state) => {
    const { task } = await world.task(state, { issueNumber: await home.issue() });

    await start(task.id);

    expect(await dispatched(task.id)).toEqual([]);
  },
);

it("a task that is gone is not started", async () => {
  const before = home.github.ledger.length;

  await start(deps.mint("task"));

  expect(home.github.ledger).toHaveLength(before);
});

describe("an approved plan", () => {
  it("is worked on from the commit it was made on", async () => {
    const { task } = await approved();

    await start(task.id);

    expect(await live(task.id)).toMatchObject({ phase: "code", context: { baseSha: home.baseSha } });
  });

  it("of an issue that was edited since is void: another is made, and the thread says so", async () => {
    const { task, issueNumber, hash } = await approved();
    await home.mona.editIssue(REPO, issueNumber, { body: "Do something else entirely." });

    await start(task.id);

    expect(await world.find(task.id)).toMatchObject({ state: "QUEUED", phase: "plan", planId: null });
    expect(await world.said(issueNumber)).toEqual([expect.stringContaining(hash)]);
    expect((await world.owed()).map(({ job }) => job).sort()).toEqual(["post-comment", "start-attempt"]);
    const plan = await world.inTenant((tx) => findPlan(tx, task.planId ?? deps.mint("plan")));
    expect(plan?.state).toBe("void");
    expect(await dispatched(task.id)).toEqual([]);
  });
});

describe("a task fails with its reason", () => {
  const cases: [string, (taskId: TaskId) => Promise<unknown>, { reason: string; detail: RegExp }][] = [
    [
      "when the App is suspended",
      () => world.pool.query("UPDATE installations SET state = 'suspended'"),
      { reason: "dispatch_refused", detail: /suspended/ },
    ],
    [
      "when the repository is switched off",
      () => world.pool.query("UPDATE repositories SET enabled = false"),
      { reason: "dispatch_refused", detail: /switched off/ },
    ],
    [
      "when its budget is used up",
      (taskId) => world.inTenant((tx) => setTask(tx, taskId, { spentMicroUsd: 1_000_000 })),
      { reason: "budget_exhausted", detail: /\/aicd retry --budget/ },
    ],
    [
      "when the organisation is paused",
      () => world.inTenant((tx) => putSettings(tx, { ...FREE, paused: true })),
      { reason: "organization_paused", detail: /paused/ },
    ],
    [
      "when the person who asked may no longer write",
      (taskId) => world.inTenant((tx) => setTask(tx, taskId, { requestedBy: { login: "stranger", id: 99 } })),
      { reason: "dispatch_refused", detail: /may no longer write/ },
    ],
    [
      "when the base it names is not there",
      (taskId) => world.inTenant((tx) => setTask(tx, taskId, { flags: { base: "nowhere" } })),
      { reason: "workspace_broken", detail: /`nowhere`/ },
    ],
    [
      "when the workflow is switched off",
      async () => home.github.disableWorkflow(REPO, "aicd.yml"),
      { reason: "dispatch_refused", detail: /aicd\.yml/ },
    ],
    [
      "when the issue is gone",
      async (taskId) => home.github.deleteIssue(REPO, (await world.find(taskId))?.issueNumber ?? 0),
      { reason: "workspace_broken", detail: /issue is gone/ },
    ],
    [
      "when the conversation is locked",
      async (taskId) => home.github.lock(REPO, (await world.find(taskId))?.issueNumber ?? 0),
      { reason: "dispatch_refused", detail: /locked.*Unlock it/ },
    ],
  ];

  it.each(cases)("%s", async (_, change, { reason, detail }) => {
    const taskId = await queued();
    await change(taskId);

    await start(taskId);
    home.github.enableWorkflow(REPO, "aicd.yml");

    expect(await world.find(taskId)).toMatchObject({
      state: "FAILED",
      reason,
      detail: expect.stringMatching(detail),
    });
    expect((await attempts(taskId)).map(({ state }) => state)).toEqual(["failed", "succeeded"]);
    expect(await dispatched(taskId)).toEqual([]);
  });

  it("but not while GitHub is away: the job comes back", async () => {
    const taskId = await queued();
    home.github.faults.set({ method: "POST", route: "/graphql", status: 502 });

    await expect(start(taskId)).rejects.toThrow();

    expect((await world.find(taskId))?.state).toBe("QUEUED");
  });
});

describe("what was said with the command", () => {
  const flagged = async (flags: CommandFlags, set = {}) => {
    const taskId = await queued();
    await world.inTenant((tx) => setTask(tx, taskId, { flags, ...set }));
    await start(taskId);
    return { taskId, context: (await live(taskId))?.context };
  };

  it("the model is that of all roles", async () => {
    const { context } = await flagged({ model: "claude-opus-9" });

    expect(context?.settings).toMatchObject({ model: "claude-opus-9" });
    for (const role of ["planner", "coder", "critic"] as const) {
      expect(context?.settings[role].model).toBeUndefined();
    }
  });

  it("the base is another branch", async () => {
    await home.makeBranch("next");
    await home.commit("next", "next.txt");

    const { context } = await flagged({ base: "next" });

    expect(context).toMatchObject({ baseBranch: "next", defaultBranch: "main" });
    expect(context?.baseSha).not.toBe(home.baseSha);
  });

  it.each([
    [
      "the smaller of the settings' and ours counts without a word",
      {},
      { budgetMicroUsd: 90_000_000 },
      10_000_000,
    ],
    [
      "a budget that was said counts, whatever the settings",
      { budgetUsd: 50 },
      { budgetMicroUsd: 50_000_000 },
      50_000_000,
    ],
    ["a task that has begun keeps its own", {}, { budgetMicroUsd: 90_000_000, spentMicroUsd: 5 }, 90_000_000],
  ])("%s", async (_, flags, set, budget) => {
    const { taskId } = await flagged(flags, set);

    expect((await world.find(taskId))?.budgetMicroUsd).toBe(budget);
  });
});

describe("a retry of a review", () => {
  it("begins at the head of the pull request, with the review's comments", async () => {
    const pullRequestNumber = await home.pull("again");
    const { reviewId, commentId } = await home.reviewed(pullRequestNumber, "again.txt");
    const { task } = await world.task("QUEUED", { issueNumber: await home.issue(), pullRequestNumber });
    await world.inTenant((tx) =>
      setTask(tx, task.id, { phase: "revise", branch: "again", reviewIds: [reviewId] }),
    );

    await start(task.id);

    const context = (await live(task.id))?.context;
    expect(context?.startSha).not.toBe(home.baseSha);
    expect(context?.snapshot.review?.comments.map(({ id }) => id)).toEqual([commentId]);
  });

  it("whose branch is gone fails", async () => {
    const { task } = await world.task("QUEUED", {
      issueNumber: await home.issue(),
      pullRequestNumber: 9_999,
    });
    await world.inTenant((tx) => setTask(tx, task.id, { phase: "revise", branch: "gone" }));

    await start(task.id);

    expect(await world.find(task.id)).toMatchObject({
      state: "FAILED",
      reason: "workspace_broken",
      detail: expect.stringContaining("branch is gone"),
    });
  });
});

// The last one: the file stays on the default branch.
it("K6: settings that cannot be read are named by the file that is there", async () => {
  const taskId = await queued();
  await home.commit("main", ".github/aicd.yaml");

  await start(taskId);

  expect(await world.find(taskId)).toMatchObject({
    state: "FAILED",
    reason: "settings_invalid",
    detail: expect.stringMatching(/^`\.github\/aicd\.yaml` has problems:/),
  });
});
