import {
  type AttemptId,
  changeSetDigest,
  groundDigest,
  hiddenBefore,
  type PlanId,
  planHash,
  TenantSettings,
} from "@aicd/core";
import { findAttempt, putSettings, requestStop, setTask } from "@aicd/db";
import { describe, expect, it } from "vitest";
import { move } from "../tasks/move.ts";
import { CHANGE, EVIDENCE, PLAN } from "../testing/tasks.ts";
import { createRunnerWorld } from "./testing/runner.ts";

const world = await createRunnerWorld();
const HOSTILE = "<img src=x> @octocat";

async function at(state: "PLANNING" | "CODING" | "REVIEWING") {
  const planted = await world.task(state);
  return { ...planted, ...(await world.runnerOf(planted)) };
}

const jobs = async () => (await world.owed()).map(({ job }) => job);
const upload = (changeSet = CHANGE) => ({
  digest: changeSetDigest(changeSet),
  changeSet,
  evidence: EVIDENCE,
});
const attemptOf = (runner: { attemptId: AttemptId }) =>
  world.inTenant((tx) => findAttempt(tx, runner.attemptId));

describe("a plan", () => {
  it("waits for a person: its hash is on the thread, and the attempt is over", async () => {
    const runner = await at("PLANNING");

    const { status, body } = await runner.says("plan", { plan: PLAN });

    expect([status, body.next]).toEqual([200, "wait"]);
    expect((await world.find(runner.task.id))?.state).toBe("AWAITING_APPROVAL");
    expect(await world.said(runner.task.issueNumber)).toEqual([
      expect.stringContaining(`/aicd approve ${body.hash}`),
    ]);
    expect((await jobs()).sort()).toEqual(["post-comment", "update-thread"]);
    expect((await attemptOf(runner))?.state).toBe("succeeded");
  });

  it("keeps the conversation it was made in, sealed, until the task is over", async () => {
    const runner = await at("PLANNING");
    const transcript = { by: "anthropic/m", startSha: "s", atMs: 1, body: "what was read" };
    const kept = async () => {
      const { rows } = await world.pool.query<{ plan_id: PlanId; sealed: Buffer }>(
        "SELECT plan_id, sealed FROM transcripts WHERE task_id = $1",
        [runner.task.id],
      );
      return rows;
    };

    await runner.says("plan", { plan: PLAN, transcript });

    const [row] = await kept();
    if (row === undefined) throw new Error("nothing was kept");
    expect(row.sealed.toString("latin1")).not.toContain("what was read");
    expect(await world.inTenant((tx) => world.deps.transcripts.open(tx, row.plan_id))).toEqual(transcript);
    await world.inTenant((tx) => move(world.deps, tx, { taskId: runner.task.id, trigger: "task.cancelled" }));
    expect(await kept()).toEqual([]);
  });

  it("is hashed with all that was read, the commit and the budget it was made for", async () => {
    const runner = await at("PLANNING");

    const { body } = await runner.says("plan", { plan: PLAN });

    const { context } = (await attemptOf(runner)) ?? {};
    if (context == null) throw new Error("no context");
    const { baseSha } = context;
    expect(body.hash).toBe(
      planHash({ plan: PLAN, snapshotDigest: groundDigest(context), baseSha, budgetMicroUsd: 1_000_000 }),
    );
  });

  it("said again because our answer was lost has the same hash, and is there once", async () => {
    const runner = await at("PLANNING");
    const first = await runner.says("plan", { plan: PLAN });

    expect(await runner.says("plan", { plan: PLAN })).toEqual(first);
    expect(await world.said(runner.task.issueNumber)).toHaveLength(1);
    expect((await runner.says("plan", { plan: { ...PLAN, title: "Another" } })).status).toBe(409);
  });

  it("goes on by itself where nobody asked to see it, under the same lease", async () => {
    const runner = await at("PLANNING");
    await world.inTenant((tx) => setTask(tx, runner.task.id, { mode: "auto" }));

    expect((await runner.says("plan", { plan: PLAN })).body.next).toBe("code");

    expect(await world.find(runner.task.id)).toMatchObject({ state: "CODING", phase: "code" });
    expect((await runner.says("heartbeat")).status).toBe(200);
  });

  it("waits all the same where the settings demand an approval", async () => {
    const runner = await at("PLANNING");
    await world.inTenant((tx) => setTask(tx, runner.task.id, { mode: "auto" }));
    await world.pool.query(
      `UPDATE attempts SET context = jsonb_set(context, '{settings,approval}', '"required"') WHERE id = $1`,
      [runner.attemptId],
    );

    expect((await runner.says("plan", { plan: PLAN })).body.next).toBe("wait");
  });

  it("of a task that is no longer planned changes nothing", async () => {
    const runner = await at("CODING");

    expect((await runner.says("plan", { plan: { ...PLAN, title: "Too late" } })).status).toBe(409);

    expect(await world.said(runner.task.issueNumber)).toEqual([]);
  });
});

describe("a change", () => {
  it("goes to its review", async () => {
    const runner = await at("CODING");

    const { status, body } = await runner.says("changeset", upload());

    expect(status).toBe(200);
    expect(await world.find(runner.task.id)).toMatchObject({
      state: "REVIEWING",
      changeSetId: body.changeSetId,
    });
  });

  it("uploaded again because our answer was lost is the same one", async () => {
    const runner = await at("CODING");
    const first = await runner.says("changeset", upload());

    expect(await runner.says("changeset", upload())).toEqual(first);
  });

  it.each([
    ["in its title", { ...CHANGE, title: "KEY" }],
    ["in its summary", { ...CHANGE, summary: "see KEY there" }],
    ["in a file", { ...CHANGE, files: CHANGE.files.map((file) => ({ ...file, contentBase64: "KEY" })) }],
  ])("that holds the key of its own lease %s is not taken", async (_, change) => {
    const runner = await at("CODING");
    const files = change.files.map((file) => ({
      ...file,
      ...("contentBase64" in file && file.contentBase64 === "KEY"
        ? { contentBase64: Buffer.from(`key = ${runner.token}\n`).toString("base64") }
        : {}),
    }));
    const told = JSON.parse(
      JSON.stringify({ ...change, files }).replaceAll("KEY", runner.token),
    ) as typeof CHANGE;

    const { status, body } = await runner.says("changeset", upload(told));

    expect([status, body.detail]).toEqual([400, expect.stringContaining("key of its own lease")]);
    expect(JSON.stringify(body)).not.toContain(runner.token);
    expect((await world.find(runner.task.id))?.state).toBe("CODING");
  });

  it("that was damaged on the way is refused", async () => {
    const runner = await at("CODING");
    const body = { ...upload(), digest: changeSetDigest({ ...CHANGE, title: "Another" }) };

    expect(await runner.says("changeset", body)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("damaged") },
    });
  });

  it("from another commit than the attempt's is refused", async () => {
    const runner = await at("CODING");

    expect((await runner.says("changeset", upload({ ...CHANGE, baseSha: "c".repeat(40) }))).status).toBe(400);
  });

  it("that nobody may publish is refused with what is wrong, and the work goes on", async () => {
    const runner = await at("CODING");
    const [file] = CHANGE.files;
    const changeSet = { ...CHANGE, files: [{ ...file, path: ".git/config" }] } as typeof CHANGE;

    const { status, body } = await runner.says("changeset", upload(changeSet));

    expect([status, (body.findings as unknown[]).length > 0]).toEqual([422, true]);
    expect((await world.find(runner.task.id))?.state).toBe("CODING");
  });

  it.each<[string, object]>([
    ["a file was executable before", { path: "src/sum.js", mode: "100755", baseMode: "100755" }],
    ["a file with such a name was there before", { path: "src/a\u200b.js", baseMode: "100644" }],
    ["a twin was there before, as itself", { path: "SRC/Sum.js", baseMode: "100644" }],
    ["a new file has no twin", { path: "SRC/Sum.js", baseMode: null }],
  ])("whose runner lies that %s is refused, and the work goes on", async (_what, claims) => {
    const runner = await at("CODING");
    const changeSet = { ...CHANGE, files: [{ ...CHANGE.files[0], ...claims }] } as typeof CHANGE;

    expect((await runner.says("changeset", upload(changeSet))).status).toBe(422);
    expect((await world.find(runner.task.id))?.state).toBe("CODING");
  });

  it("whose runner lies that hidden characters were there before is blocked", async () => {
    const runner = await at("CODING");
    const text = "sum\u202e\n";
    const file = {
      ...CHANGE.files[0],
      contentBase64: Buffer.from(text).toString("base64"),
      hiddenBefore: hiddenBefore(text, text),
    };
    const changeSet = { ...CHANGE, files: [file] } as typeof CHANGE;
    await runner.says("changeset", upload(changeSet));

    await runner.says("result", {
      result: {
        kind: "approved",
        changeSetDigest: changeSetDigest(changeSet),
        verdict: { approved: true, summary: "", findings: [] },
        receipts: [],
      },
    });

    expect(await world.find(runner.task.id)).toMatchObject({
      state: "BLOCKED",
      detail: expect.stringContaining("U+202E"),
    });
  });

  it("that GitHub cannot be asked about is asked for again later", async () => {
    const runner = await at("CODING");
    world.github.away.now = true;
    const { status } = await runner.says("changeset", upload());
    world.github.away.now = false;

    expect(status).toBeGreaterThanOrEqual(500);
    expect((await runner.says("changeset", upload())).status).toBe(200);
  });

  it.each(["PLANNING", "REVIEWING"] as const)("of a task that is %s changes nothing", async (state) => {
    const runner = await at(state);

    expect((await runner.says("changeset", upload())).status).toBe(409);
    expect((await world.find(runner.task.id))?.state).toBe(state);
  });
});

describe("events", () => {
  const note = (seq: number, text = "a") => ({ seq, event: { type: "note.made", text } });
  const stored = async (taskId: string) =>
    (
      await world.pool.query(
        "SELECT body->>'text' AS text FROM events WHERE task_id = $1 AND type = 'note.made' ORDER BY id",
        [taskId],
      )
    ).rows.map(({ text }) => text);

  it("are kept in order, those seen before only once", async () => {
    const runner = await at("CODING");

    expect((await runner.says("events", { events: [note(0, "a"), note(1, "b")] })).body.nextSeq).toBe(2);
    expect((await runner.says("events", { events: [note(1, "b"), note(2, "c")] })).body.nextSeq).toBe(3);

    expect((await stored(runner.task.id)).sort()).toEqual(["a", "b", "c"]);
  });

  it("with a gap are refused whole, and it is said where to go on", async () => {
    const runner = await at("CODING");

    expect(await runner.says("events", { events: [note(0), note(2)] })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("from 1 on") },
    });
    expect(await stored(runner.task.id)).toEqual([]);
  });

  it("of a phase show on the thread", async () => {
    const runner = await at("CODING");
    const event = { type: "phase.entered", phase: "checking", detail: "npm test" };

    await runner.says("events", { events: [{ seq: 0, event }] });

    expect((await world.find(runner.task.id))?.progress).toBe("running the repository's checks: npm test");
    expect(await jobs()).toContain("update-thread");
  });

  it("of a review that rejects send the work back", async () => {
    const runner = await at("CODING");
    const body = upload();
    await runner.says("changeset", body);
    const event = { type: "review.rejected", changeSetDigest: body.digest, findings: [], summary: "No." };

    expect((await runner.says("events", { events: [{ seq: 0, event }] })).status).toBe(200);

    expect((await world.find(runner.task.id))?.state).toBe("CODING");
  });

  it.each([
    ["of a change that was never uploaded", "PLANNING", 400],
    ["of a task that is not under review", "CODING", 409],
  ] as const)("of a review %s are refused", async (_, state, status) => {
    const runner = await at("CODING");
    const body = upload();
    if (state === "CODING") {
      await runner.says("changeset", body);
      await world.pool.query("UPDATE tasks SET state = 'CODING' WHERE id = $1", [runner.task.id]);
    }
    const event = { type: "review.rejected", changeSetDigest: body.digest, findings: [], summary: "No." };

    expect((await runner.says("events", { events: [{ seq: 0, event }] })).status).toBe(status);
  });
});

describe("the last word", () => {
  const verdict = { approved: true, summary: "Right.", findings: [] };
  const approved = (digest: string, change = {}) => ({
    result: { kind: "approved", changeSetDigest: digest, verdict, receipts: [], ...change },
  });

  it("of a review that approves keeps the conversation for the retry that may come", async () => {
    const runner = await at("CODING");
    const body = upload();
    await runner.says("changeset", body);
    const transcript = { by: "anthropic/m", startSha: "s", atMs: 1, body: "what was done" };

    expect((await runner.says("result", approved(body.digest, { transcript }))).status).toBe(200);

    const { planId } = (await world.find(runner.task.id)) ?? {};
    if (planId == null) throw new Error("no plan");
    expect(await world.inTenant((tx) => world.deps.transcripts.open(tx, planId))).toEqual(transcript);
  });

  it("of a review that approves leads to the publishing", async () => {
    const runner = await at("CODING");
    const body = upload();
    await runner.says("changeset", body);
    await world.owed();

    expect((await runner.says("result", approved(body.digest))).status).toBe(200);

    expect((await world.find(runner.task.id))?.state).toBe("PUBLISHING");
    expect(await jobs()).toContain("publish-changes");
    expect((await attemptOf(runner))?.state).toBe("succeeded");
  });

  it("about a protected path is the policy's: blocked, with the words by which an admin lets it pass", async () => {
    const runner = await at("CODING");
    const [file] = CHANGE.files;
    const body = upload({ ...CHANGE, files: [{ ...file, path: "package.json" }] } as typeof CHANGE);
    await runner.says("changeset", body);
    await world.owed();

    await runner.says("result", approved(body.digest));

    expect(await world.find(runner.task.id)).toMatchObject({
      state: "BLOCKED",
      detail: expect.stringContaining(`/aicd approve ${body.digest.slice(0, 12)}`),
    });
    expect(await jobs()).not.toContain("publish-changes");
  });

  it.each([
    ["a change that was never uploaded", () => approved("f".repeat(64))],
    [
      "a verdict that does not approve",
      (digest: string) => approved(digest, { verdict: { ...verdict, approved: false } }),
    ],
  ])("that approves by %s is refused", async (_, body) => {
    const runner = await at("CODING");
    const uploaded = upload();
    await runner.says("changeset", uploaded);

    expect((await runner.says("result", body(uploaded.digest))).status).toBe(400);

    expect((await world.find(runner.task.id))?.state).toBe("REVIEWING");
  });

  it("about a change that another has replaced is refused", async () => {
    const runner = await at("CODING");
    const first = upload();
    await runner.says("changeset", first);
    await world.pool.query("UPDATE tasks SET state = 'CODING' WHERE id = $1", [runner.task.id]);
    await runner.says("changeset", upload({ ...CHANGE, title: "Better" }));

    expect((await runner.says("result", approved(first.digest))).status).toBe(400);
  });

  it("that is a question waits for its answer, in words that are only words", async () => {
    const runner = await at("CODING");

    await runner.says("result", { result: { kind: "question", questions: [HOSTILE] } });

    expect((await world.find(runner.task.id))?.state).toBe("NEEDS_INPUT");
    const [text] = await world.said(runner.task.issueNumber);
    expect(text).toContain("1. ");
    expect(text).not.toMatch(/<img|@octocat/);
  });

  it("said twice counts once", async () => {
    const runner = await at("CODING");
    const body = { result: { kind: "question", questions: ["Which?"] } };

    expect([(await runner.says("result", body)).status, (await runner.says("result", body)).status]).toEqual([
      200, 200,
    ]);
    expect(await world.said(runner.task.issueNumber)).toHaveLength(1);
  });

  it("after the attempt was given up for lost is not heard any more", async () => {
    const runner = await at("CODING");
    await world.pool.query("UPDATE attempts SET state = 'lost', ended_at = now() WHERE id = $1", [
      runner.attemptId,
    ]);

    const body = { result: { kind: "question", questions: ["Which?"] } };

    expect((await runner.says("result", body)).status).toBe(409);
  });

  it("that only says planned has no plan to speak of", async () => {
    const runner = await at("PLANNING");

    expect((await runner.says("result", { result: { kind: "planned" } })).status).toBe(409);
  });

  it.each([
    ["model_refused", "FAILED"],
    ["model_rejected", "FAILED"],
    ["model_unavailable", "QUEUED"],
  ] as const)("that is a failure by %s leads to %s", async (reason, state) => {
    const runner = await at("CODING");

    await runner.says("result", { result: { kind: "failed", reason, detail: "It would not." } });

    expect((await world.find(runner.task.id))?.state).toBe(state);
  });

  it("K1: that a vendor refused names the models and whose keys they are asked with, and tries no second time", async () => {
    const runner = await at("CODING");

    await runner.says("result", {
      result: { kind: "failed", reason: "model_rejected", detail: "The vendor said: model not found" },
    });

    const task = await world.find(runner.task.id);
    expect(task).toMatchObject({ state: "FAILED", reason: "model_rejected" });
    expect(task?.detail).toMatch(
      /model not found[\s\S]*coder: `[^`]+` of anthropic, with the operator's key/,
    );
  });

  it.each([
    [{ paused: true }, "organization_paused"],
    [{}, "budget_exhausted"],
  ])("that no more is paid for says by whom: %o is %s", async (change, reason) => {
    const runner = await at("CODING");
    const free = TenantSettings.parse({});
    await world.inTenant((tx) => putSettings(tx, { ...free, ...change }));

    await runner.says("result", { result: { kind: "failed", reason: "budget_exhausted", detail: "" } });
    await world.inTenant((tx) => putSettings(tx, free));

    expect(await world.find(runner.task.id)).toMatchObject({ state: "FAILED", reason });
  });

  it("of a runner that was told to stop ends its attempt, and nothing is started again", async () => {
    const runner = await at("CODING");
    await world.inTenant((tx) => requestStop(tx, runner.attemptId, "@mona cancelled it"));

    await runner.says("result", { result: { kind: "cancelled" } });

    expect(await attemptOf(runner)).toMatchObject({ state: "cancelled", detail: "@mona cancelled it" });
    expect(await jobs()).not.toContain("start-attempt");
  });

  it("of a runner that stopped by itself is a loss: another goes on", async () => {
    const runner = await at("CODING");

    await runner.says("result", { result: { kind: "cancelled" } });

    expect((await attemptOf(runner))?.state).toBe("lost");
    expect(await jobs()).toContain("start-attempt");
  });

  it("about a task that was merged meanwhile changes nothing", async () => {
    const runner = await at("CODING");
    await world.pool.query("UPDATE tasks SET state = 'MERGED' WHERE id = $1", [runner.task.id]);

    const answer = await runner.says("result", { result: { kind: "question", questions: ["Which?"] } });

    expect(answer.status).toBe(409);
    expect(await world.said(runner.task.issueNumber)).toEqual([]);
  });
});
