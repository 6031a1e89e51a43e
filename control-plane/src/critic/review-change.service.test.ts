import { createServer, type ServerResponse } from "node:http";
import { type AttemptId, type ChangeSet, changeSetDigest, type Finding } from "@aicd/core";
import { listVerdictsOfTask, requestStop } from "@aicd/db";
import { Secret } from "@aicd/ops";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createRunnerWorld } from "../runner/testing/runner.ts";
import { startHome } from "../testing/home.ts";
import { CHANGE, EVIDENCE } from "../testing/tasks.ts";
import { giveUpReview, reviewChange } from "./review-change.ts";

const home = await startHome();
const world = await createRunnerWorld({ home });
const { deps, pool } = world;
const idle = new AbortController().signal;

/** The critic's vendor: notes what it was asked and answers as it is told. */
const vendor = {
  asked: [] as string[],
  answer: (_response: ServerResponse): void | Promise<void> => {},
};
const http = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    vendor.asked.push(Buffer.concat(chunks).toString());
    void vendor.answer(response);
  });
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
const address = http.address();
deps.vendors.anthropic = {
  baseUrl: typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "",
  apiKey: new Secret("sk-operator"),
};
afterAll(() => void http.close());
beforeEach(() => {
  vendor.asked = [];
  vendor.answer = (response) => says(response, true);
});

function says(response: ServerResponse, approved: boolean, ...severities: Finding["severity"][]): void {
  const findings = severities.map((severity) => ({ severity, why: "Zero is lost.", wanted: "Zero kept." }));
  const input = { approved, summary: "Read by the server.", findings };
  response.setHeader("content-type", "application/json");
  response.end(
    JSON.stringify({
      ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-5-5" },
      content: [{ type: "tool_use", id: "call_1", name: "submit_review", input }],
      ...{ stop_reason: "tool_use", usage: { input_tokens: 1_000, output_tokens: 100 } },
    }),
  );
}

const content = (text: string) => Buffer.from(text).toString("base64");
const change = (text: string): ChangeSet => ({
  ...CHANGE,
  baseSha: home.baseSha,
  files: [
    { kind: "write", path: "src/sum.js", mode: "100644", baseMode: null, contentBase64: content(text) },
  ],
});

/** A runner of an organisation that has its server ask the critic, with a change to hand in. */
async function atWork(reviewRounds = 1) {
  const planted = await world.task("CODING", { issueNumber: await home.issue() });
  const { attempt, task } = planted;
  await pool.query(
    `UPDATE attempts SET context = context || '{"critic":"server"}'
       || jsonb_build_object('settings', context->'settings' || jsonb_build_object('reviewRounds', $2::int))
     WHERE id = $1`,
    [attempt?.id, reviewRounds],
  );
  const runner = await world.runnerOf(planted);
  const handIn = async (changeSet: ChangeSet) => {
    const digest = changeSetDigest(changeSet);
    const { status } = await runner.says("changeset", { digest, changeSet, evidence: EVIDENCE });
    const jobs = (await world.owed()).filter(({ job }) => job === "review-change");
    return { digest, status, payload: jobs[0]?.payload as Parameters<typeof reviewChange>[1] };
  };
  const approve = (changeSetDigest: string) =>
    runner.says("result", {
      result: {
        kind: "approved",
        changeSetDigest,
        verdict: { approved: true, summary: "Read by the runner.", findings: [] },
        receipts: [],
      },
    });
  const hear = async (changeSetDigest: string) => (await runner.says("review", { changeSetDigest })).body;
  const state = async () => (await world.find(task.id))?.state;
  const verdicts = () =>
    world.inTenant((tx) => listVerdictsOfTask(tx, { taskId: task.id, after: undefined, limit: 50 }));
  return { task, runner, handIn, approve, hear, state, verdicts };
}

const GOOD = change("export const sum = (a, b) => b + a;\n");

it("the server asks, with the change as GitHub's base has it; its yes is published, the runner's words are not", async () => {
  const { task, handIn, approve, hear, state, verdicts } = await atWork();
  const { digest, payload } = await handIn(GOOD);
  expect(await hear(digest)).toEqual({ kind: "pending" });

  await reviewChange(deps, payload, idle);

  const [asked = ""] = vendor.asked;
  expect(vendor.asked).toHaveLength(1);
  expect(asked).toContain("-export const sum = (a, b) => a + b;\\n+export const sum = (a, b) => b + a;");
  expect(asked).toContain("Count it as a claim");
  expect(JSON.parse(asked).tools.map(({ name }: { name: string }) => name)).toEqual(["submit_review"]);
  expect(await hear(digest)).toMatchObject({ kind: "approved", verdict: { summary: "Read by the server." } });
  expect((await approve(digest)).status).toBe(200);
  expect(await state()).toBe("PUBLISHING");
  expect((await world.owed()).map(({ job }) => job)).toContain("publish-changes");
  const critic = (await verdicts()).filter(({ judge }) => judge === "critic");
  expect(critic.map(({ body }) => body)).toEqual([
    expect.objectContaining({ summary: "Read by the server.", asked: "server" }),
  ]);
  const { rows } = await pool.query(
    "SELECT tokens, estimated, (SELECT count(*)::int FROM reservations) AS held FROM usage WHERE task_id = $1",
    [task.id],
  );
  expect(rows).toEqual([
    { tokens: expect.objectContaining({ input: 1_000, output: 100 }), estimated: false, held: 0 },
  ]);
});

describe("a runner that says what it likes", () => {
  it("approves in vain before the server has, and after it has not", async () => {
    const { handIn, approve, hear, state, runner } = await atWork();
    const { digest, payload } = await handIn(GOOD);

    expect((await approve(digest)).status).toBe(403);
    expect(await state()).toBe("REVIEWING");
    vendor.answer = (response) => says(response, false, "major");
    await reviewChange(deps, payload, idle);
    expect(await hear(digest)).toMatchObject({
      kind: "rejected",
      verdict: { findings: [{ severity: "major" }] },
    });
    expect((await approve(digest)).status).toBe(403);

    expect(await state()).toBe("CODING");
    expect((await world.owed()).map(({ job }) => job)).not.toContain("publish-changes");
    expect((await runner.says("heartbeat")).status).toBe(200);
  });

  it("does not reject by itself either, to have the critic asked anew", async () => {
    const { handIn, runner, state } = await atWork();
    const { digest } = await handIn(GOOD);
    const event = { type: "review.rejected", changeSetDigest: digest, findings: [], summary: "Once more." };

    const { status } = await runner.says("events", { events: [{ seq: 0, event }] });

    expect([status, await state()]).toEqual([403, "REVIEWING"]);
  });

  it("that hands in what was sent back has had its last round, and costs no second call", async () => {
    const { handIn, hear, state } = await atWork(5);
    vendor.answer = (response) => says(response, false, "major");
    await reviewChange(deps, (await handIn(GOOD)).payload, idle);

    const again = await handIn(GOOD);
    expect(await hear(again.digest)).toEqual({ kind: "pending" });
    await reviewChange(deps, again.payload, idle);

    expect(vendor.asked).toHaveLength(1);
    expect(await hear(again.digest)).toMatchObject({
      kind: "approved",
      verdict: { summary: expect.stringContaining("did not agree"), findings: [{ severity: "major" }] },
    });
    expect(await state()).toBe("REVIEWING");
  });
});

it("sends a change back as often as the settings say; then a blocker is the end, and no pull request", async () => {
  const { task, handIn, runner, state, approve } = await atWork(1);
  vendor.answer = (response) => says(response, false, "blocker");
  await reviewChange(deps, (await handIn(GOOD)).payload, idle);
  expect(await state()).toBe("CODING");
  const second = await handIn(change("export const sum = () => 2;\n"));

  await reviewChange(deps, second.payload, idle);

  expect(await world.find(task.id)).toMatchObject({
    state: "FAILED",
    reason: "not_approved_by_critic",
    detail: expect.stringContaining("Zero is lost."),
  });
  expect((await runner.says("review", { changeSetDigest: second.digest })).status).toBe(409);
  // The attempt has had its last word; another one is heard and changes nothing.
  await approve(second.digest);
  expect(await state()).toBe("FAILED");
  expect((await world.owed()).filter(({ job }) => job === "publish-changes")).toEqual([]);
});

it("run again after its worker died, or twice at once, it stores one answer", async () => {
  const { handIn, verdicts } = await atWork();
  const { payload } = await handIn(GOOD);

  const dying = new AbortController();
  vendor.answer = () => dying.abort();
  await expect(reviewChange(deps, payload, dying.signal)).rejects.toThrow();
  vendor.answer = (response) => says(response, true);
  await Promise.all([reviewChange(deps, payload, idle), reviewChange(deps, payload, idle)]);
  const calls = vendor.asked.length;
  await reviewChange(deps, payload, idle);

  expect(vendor.asked).toHaveLength(calls);
  expect((await verdicts()).filter(({ judge }) => judge === "critic")).toHaveLength(1);
});

describe("without an answer", () => {
  it("what may pass is tried again while the runner waits, and given up in words", async () => {
    const { task, handIn, state } = await atWork();
    const { payload } = await handIn(GOOD);
    vendor.answer = (response) => void response.writeHead(529, { "retry-after": "600" }).end("{}");

    await expect(reviewChange(deps, payload, idle)).rejects.toMatchObject({ retryable: true });
    expect(await state()).toBe("REVIEWING");
    await giveUpReview(deps, payload, "The model could not be reached.");

    expect(await world.find(task.id)).not.toMatchObject({ state: "REVIEWING" });
    const { rows } = await pool.query("SELECT reason, detail FROM attempts WHERE task_id = $1", [task.id]);
    expect(rows[0]).toMatchObject({
      reason: "model_unavailable",
      detail: expect.stringMatching(/could not be reached.*nobody has reviewed it/),
    });
  });

  it.each([
    [
      "a vendor that refuses the key ends the attempt and says whose it is",
      401,
      "model_rejected",
      /operator's key/,
    ],
    ["a budget that is used up ends it before anybody is asked", 0, "budget_exhausted", /budget/],
  ] as const)("%s", async (_, status, reason, detail) => {
    const { task, handIn } = await atWork();
    const { payload } = await handIn(GOOD);
    if (status === 0)
      await pool.query("UPDATE tasks SET spent_micro_usd = budget_micro_usd WHERE id = $1", [task.id]);
    vendor.answer = (response) => void response.writeHead(status || 500).end('{"error":{"message":"no"}}');

    await reviewChange(deps, payload, idle);

    expect(await world.find(task.id)).toMatchObject({ state: "FAILED", reason });
    expect((await world.find(task.id))?.detail).toMatch(detail);
    expect(vendor.asked).toHaveLength(status === 0 ? 0 : 1);
  });

  it("a task that was stopped meanwhile hears nothing of it", async () => {
    const { handIn, verdicts, state } = await atWork();
    const { payload } = await handIn(GOOD);
    vendor.answer = async (response) => {
      await world.inTenant((tx) => requestStop(tx, payload.attemptId as AttemptId, "cancelled"));
      says(response, true);
    };

    await reviewChange(deps, payload, idle);

    expect(await verdicts()).toEqual([]);
    expect(await state()).toBe("REVIEWING");
  });
});
