import { type AttemptId, checkpointKey, LIMITS, TenantSettings } from "@aicd/core";
import { findAttempt, putSettings, setTask, storeCheckpoint, storePlan } from "@aicd/db";
import { afterEach, describe, expect, it } from "vitest";
import { startAttempt } from "../tasks/start-attempt.ts";
import { startHome } from "../testing/home.ts";
import { PLAN } from "../testing/tasks.ts";
import { createRunnerWorld } from "./testing/runner.ts";

const home = await startHome();
const world = await createRunnerWorld({ home });
const { deps, tenantId } = world;
const FREE = TenantSettings.parse({});
const RUN = 4_711;
let serial = 0;

/** Claims of the run that was started for an attempt, as GitHub would issue them. */
function claims(change: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000);
  return {
    iss: home.github.oidc.issuer,
    aud: "http://aicd.test",
    sub: "repo:acme/widget:ref:refs/heads/main",
    jti: `jti-${++serial}`,
    iat: now,
    nbf: now,
    exp: now + 300,
    repository_id: String(home.repositoryId),
    repository_owner_id: String(home.account.id),
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    workflow_ref: "acme/widget/.github/workflows/aicd.yml@refs/heads/main",
    workflow_sha: home.baseSha,
    run_id: String(RUN),
    run_attempt: "1",
    runner_environment: "github-hosted",
    ...change,
  };
}

/** An attempt whose workflow was started and that waits for its runner. */
async function dispatched(runId: number | null = RUN) {
  const { task } = await world.task("QUEUED", { issueNumber: await home.issue() });
  await startAttempt(deps, { tenantId, taskId: task.id });
  const { rows } = await world.pool.query<{ id: AttemptId; run_key: string }>(
    "UPDATE attempts SET run_id = $2 WHERE task_id = $1 AND state = 'dispatched' RETURNING id, run_key",
    [task.id, runId],
  );
  await world.owed();
  const [attempt] = rows;
  if (attempt === undefined) throw new Error("nothing was dispatched");
  return { taskId: task.id, attemptId: attempt.id, runKey: attempt.run_key };
}

type Wanted = { attemptId: string; runKey: string };

async function ask(wanted: Wanted, change: Record<string, unknown> = {}, forged = {}) {
  const token = await home.github.oidc.sign(claims(change), forged);
  return world.post("lease", token, { attemptId: wanted.attemptId, runKey: wanted.runKey });
}

afterEach(() => world.pool.query("UPDATE installations SET state = 'active'"));

describe("the run that was started for an attempt", () => {
  it.each(["code", "revise"])(
    "gets the conversation of its approved plan, and of no other (%s)",
    async (phase) => {
      const attempt = await dispatched();
      const { taskId, attemptId } = attempt;
      const transcript = { by: "anthropic/m", startSha: "s", atMs: 1, body: "what was read" };
      const made = { baseSha: "b", snapshotDigest: "d", budgetMicroUsd: 1, body: PLAN } as const;
      await world.inTenant(async (tx) => {
        const plan = { taskId, attemptId, ...made, hash: "h", state: "approved" as const };
        const { id: planId } = await storePlan(tx, deps.mint, plan);
        await deps.transcripts.keep(tx, { taskId, planId }, transcript);
        await setTask(tx, taskId, { planId });
        await tx.query("UPDATE attempts SET phase = $2 WHERE id = $1", [attemptId, phase]);
      });

      const { body } = await ask(attempt);

      expect(body).toMatchObject({ phase, plan: PLAN, transcript });
      const other = await world.inTenant((tx) => deps.transcripts.open(tx, deps.mint("plan")));
      expect(other).toBeUndefined();
    },
  );

  it("gets all it needs, and nothing that could write to GitHub", async () => {
    const attempt = await dispatched();

    const { status, body } = await ask(attempt);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      leaseToken: expect.stringMatching(/^aicd_lease_/),
      epoch: 1,
      leaseMs: LIMITS.leaseMs,
      attemptId: attempt.attemptId,
      taskId: attempt.taskId,
      phase: "plan",
      plan: null,
      startSha: home.baseSha,
      repository: { owner: "acme", name: "widget", defaultBranch: "main" },
      budget: { limitMicroUsd: 1_000_000 },
      nextSeq: 0,
      checkpoint: null,
      gateway: { anthropic: "http://aicd.test/v1/models/anthropic" },
    });
    expect(JSON.stringify(body)).not.toMatch(/ghs_|PRIVATE KEY/);
    expect((await world.find(attempt.taskId))?.state).toBe("PLANNING");
    const { rows } = await world.pool.query("SELECT action FROM audit_log WHERE target = $1", [
      attempt.attemptId,
    ]);
    expect(rows).toEqual([{ action: "attempt.leased" }]);
  });

  it("may ask again when our answer was lost: the first token is worth nothing then", async () => {
    const attempt = await dispatched();
    const first = await ask(attempt);

    const second = await ask(attempt);

    expect(second).toMatchObject({ status: 200, body: { epoch: 2 } });
    expect((await world.post("heartbeat", String(first.body.leaseToken), { epoch: 1 })).status).toBe(401);
    expect((await world.post("heartbeat", String(second.body.leaseToken), { epoch: 2 })).status).toBe(200);
  });

  it("may not ask again once it has said something", async () => {
    const attempt = await dispatched();
    const { body } = await ask(attempt);
    const events = [{ seq: 0, event: { type: "note.made", text: "a" } }];
    await world.post("events", String(body.leaseToken), { epoch: 1, events });

    expect((await ask(attempt)).status).toBe(409);
  });

  it("is the one whose id GitHub names, where GitHub named one", async () => {
    expect((await ask(await dispatched(), { run_id: "4712" })).status).toBe(409);
    expect((await ask(await dispatched(null), { run_id: "4712" })).status).toBe(200);
  });

  it("gets no more than the month allows", async () => {
    const attempt = await dispatched();
    await world.inTenant((tx) => putSettings(tx, { ...FREE, monthlyBudgetMicroUsd: 300_000 }));

    const { body } = await ask(attempt);
    await world.inTenant((tx) => putSettings(tx, FREE));

    expect(body.budget).toMatchObject({ limitMicroUsd: 300_000 });
  });

  it("gets what is left of the task's budget", async () => {
    const attempt = await dispatched();
    await world.inTenant((tx) => setTask(tx, attempt.taskId, { spentMicroUsd: 400_000 }));

    expect((await ask(attempt)).body.budget).toMatchObject({ limitMicroUsd: 600_000 });
  });

  it("of a task that was cancelled meanwhile gets nothing", async () => {
    const attempt = await dispatched();
    await world.pool.query("UPDATE tasks SET state = 'CANCELLED' WHERE id = $1", [attempt.taskId]);

    expect((await ask(attempt)).status).toBe(409);

    const { rows } = await world.pool.query("SELECT state FROM attempts WHERE id = $1", [attempt.attemptId]);
    expect(rows).toEqual([{ state: "dispatched" }]);
  });

  it("is told apart from a rival that asks at the same moment", async () => {
    const attempt = await dispatched(null);

    const both = await Promise.all([ask(attempt, { run_id: "1" }), ask(attempt, { run_id: "2" })]);

    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe("a run gets no lease", () => {
  it.each<[what: string, change: Record<string, unknown>, said: RegExp]>([
    ["of another repository", { repository_id: "1" }, /repository is another/],
    ["of another owner", { repository_owner_id: "1" }, /owner is another/],
    ["that a push started", { event_name: "push" }, /event that started it/],
    ["that a pull request started", { event_name: "pull_request_target" }, /event that started it/],
    ["on another branch", { ref: "refs/heads/evil" }, /default branch/],
    ["on a tag named as the branch", { ref: "refs/tags/main" }, /default branch/],
    [
      "of another workflow file",
      { workflow_ref: "acme/widget/.github/workflows/evil.yml@refs/heads/main" },
      /workflow file/,
    ],
    [
      "of a file of that name in a repository that only ends alike",
      { workflow_ref: "acme/x/acme/widget/.github/workflows/aicd.yml@refs/heads/main" },
      /workflow file/,
    ],
    [
      "of our workflow file as another branch has it",
      { workflow_ref: "acme/widget/.github/workflows/aicd.yml@refs/heads/evil" },
      /workflow file/,
    ],
    ["of a workflow's commit that nobody names", { workflow_sha: undefined }, /does not name the commit/],
    ["of a workflow's commit that GitHub does not have", { workflow_sha: "0".repeat(40) }, /default branch/],
    ["on a runner GitHub does not know", { runner_environment: "elsewhere" }, /runner is unknown/],
  ])("%s", async (_, change, said) => {
    const attempt = await dispatched();

    const answer = await ask(attempt, change);

    expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringMatching(said) } });
    expect((await world.find(attempt.taskId))?.state).toBe("QUEUED");
  });

  it("of a workflow that is on another branch only, though it says it is of the default one", async () => {
    const attempt = await dispatched();
    await home.makeBranch("theirs");
    await home.commit("theirs", ".github/workflows/aicd.yml", "on: workflow_dispatch\n");
    const { object } = await home.ask<{ object: { sha: string } }>("/git/ref/heads/theirs");

    expect(await ask(attempt, { workflow_sha: object.sha })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("the default branch does not have") },
    });
  });

  it("with the run key of another attempt", async () => {
    const [ours, theirs] = [await dispatched(), await dispatched()];

    expect(await ask({ ...ours, runKey: theirs.runKey })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("run key") },
    });
  });

  it("while the App is suspended", async () => {
    const attempt = await dispatched();
    await world.pool.query("UPDATE installations SET state = 'suspended'");

    expect(await ask(attempt)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("suspended") },
    });
  });

  it("for an attempt that is not ready", async () => {
    const attempt = await dispatched();
    await world.pool.query("UPDATE attempts SET context = NULL WHERE id = $1", [attempt.attemptId]);

    expect(await ask(attempt)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("not ready") },
    });
  });

  it.each(["att_nonsense", "nonsense"])("for %s, which is no attempt", async (attemptId) => {
    expect((await ask({ attemptId, runKey: "x" })).status).toBe(404);
  });

  it.each<[what: string, change: Record<string, unknown>, forged?: object]>([
    ["for somebody else", { aud: "https://elsewhere.example" }],
    ["of another issuer", { iss: "https://elsewhere.example" }],
    ["that has ended", { exp: 1 }],
    ["without a name of its own", { jti: undefined }],
    ["that nobody signed", {}, { alg: "none" }],
    ["signed with a secret", {}, { alg: "HS256", key: new Uint8Array(32) }],
  ])("with a token %s", async (_, change, forged) => {
    const attempt = await dispatched();

    expect((await ask(attempt, change, forged)).status).toBe(401);
  });

  it("with a token that opened one before", async () => {
    const attempt = await dispatched();
    expect((await ask(attempt, { jti: "same" })).status).toBe(200);

    expect(await ask(attempt, { jti: "same" })).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining("used before") },
    });
  });

  it("without a token", async () => {
    const attempt = await dispatched();

    expect((await world.post("lease", undefined, attempt)).status).toBe(401);
  });
});

it("a run of an attempt that is refused has not used its token up", async () => {
  const attempt = await dispatched();
  expect((await ask(attempt, { jti: "kept", ref: "refs/heads/evil" })).status).toBe(403);

  expect((await ask(attempt, { jti: "kept" })).status).toBe(200);
});

describe("what a lost predecessor left", () => {
  const CHECKPOINT = {
    startSha: home.baseSha,
    stage: "planning" as const,
    plan: null,
    files: [],
    findings: [],
    evidence: null,
    receipts: [],
    rounds: { repairsLeft: 1, reviewsLeft: 1, warned: false, rejected: null },
    learned: "The sum is in src/sum.js.",
    spentMicroUsd: 0,
  };

  it.each([
    ["lost", "runner_lost", true],
    ["failed", "model_refused", false],
  ])("by an end as %s for %s is handed on: %s", async (state, reason, handed) => {
    const { taskId } = await dispatched();
    const { rows } = await world.pool.query<{ id: AttemptId }>(
      `UPDATE attempts SET state = $2, reason = $3, ended_at = now() WHERE task_id = $1 AND state = 'dispatched'
       RETURNING id`,
      [taskId, state, reason],
    );
    await startAttempt(deps, { tenantId, taskId });
    const successor = await world.pool.query<{ id: AttemptId; run_key: string }>(
      "UPDATE attempts SET run_id = NULL WHERE task_id = $1 AND state = 'dispatched' RETURNING id, run_key",
      [taskId],
    );
    const [left, next] = [rows[0], successor.rows[0]];
    if (left === undefined || next === undefined) throw new Error("no attempt");
    await world.inTenant(async (tx) => {
      const { context } = (await findAttempt(tx, next.id)) ?? {};
      if (context == null) throw new Error("no context");
      const key = checkpointKey({ taskId, ...context, plan: null });
      const body = { ...CHECKPOINT, key };
      await storeCheckpoint(tx, deps.mint, { taskId, attemptId: left.id, phase: "plan", body });
    });

    const { body } = await ask({ attemptId: next.id, runKey: next.run_key });

    expect((body.checkpoint as { learned?: string } | null)?.learned).toBe(
      handed ? CHECKPOINT.learned : undefined,
    );
  });
});

// Last: it moves the branch that the others begin on.
it("a run that began on a newer commit of the default branch than its attempt gets its lease", async () => {
  const attempt = await dispatched();
  await home.commit("main", "newer.txt");
  const { object } = await home.ask<{ object: { sha: string } }>("/git/ref/heads/main");

  expect((await ask(attempt, { workflow_sha: object.sha })).status).toBe(200);
});
