import { changeSetDigest } from "@aicd/core";
import { findAttempt } from "@aicd/db";
import { describe, expect, it } from "vitest";
import { CHANGE, EVIDENCE, PLAN } from "../testing/tasks.ts";
import { createRunnerWorld } from "./testing/runner.ts";

const world = await createRunnerWorld();
const CHECKPOINT = {
  key: "a".repeat(64),
  startSha: "b".repeat(40),
  stage: "planning",
  plan: null,
  files: [],
  findings: [],
  evidence: null,
  receipts: [],
  rounds: { repairsLeft: 1, reviewsLeft: 1, warned: false, rejected: null },
  learned: "",
  spentMicroUsd: 0,
};

/** Every call a runner may make under its lease, in a body that would be taken. */
const ROUTES: Record<string, object> = {
  heartbeat: {},
  events: { events: [{ seq: 0, event: { type: "note.made", text: "a" } }] },
  plan: { plan: PLAN },
  changeset: { digest: changeSetDigest(CHANGE), changeSet: CHANGE, evidence: EVIDENCE },
  checkpoint: { checkpoint: CHECKPOINT },
  search: { query: "sum", limit: 5 },
  result: { result: { kind: "failed", reason: "model_refused", detail: "" } },
};
const routes = Object.keys(ROUTES);

async function written(): Promise<unknown> {
  const counts = await world.pool.query(
    `SELECT (SELECT count(*) FROM events) events, (SELECT count(*) FROM plans) plans,
       (SELECT count(*) FROM change_sets) changes, (SELECT count(*) FROM checkpoints) checkpoints,
       (SELECT count(*) FROM comments) comments, (SELECT count(*) FROM outbox) owed,
       (SELECT array_agg(state ORDER BY id) FROM tasks) states`,
  );
  return counts.rows[0];
}

describe.each(routes)("%s", (route) => {
  it("without a token is refused before its body is read", async () => {
    expect(await world.post(route, undefined, { nonsense: true })).toMatchObject({ status: 401 });
  });

  it("with a token nobody gave out is refused", async () => {
    expect(await world.post(route, "aicd_lease_forged", { epoch: 1, ...ROUTES[route] })).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining("not known") },
    });
  });

  it("of an older epoch is told to stop, and nothing is written", async () => {
    const runner = await world.runnerOf(await world.task("PLANNING"));
    await world.pool.query("UPDATE attempts SET epoch = 2 WHERE id = $1", [runner.attemptId]);
    const before = await written();

    const answer = await runner.says(route, ROUTES[route]);

    expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining("Stop") } });
    expect(await written()).toEqual(before);
  });

  it("of an epoch that is yet to come is refused", async () => {
    const runner = await world.runnerOf(await world.task("PLANNING"));

    expect((await world.post(route, runner.token, { epoch: 2, ...ROUTES[route] })).status).toBe(409);
  });

  it("with a body that is none is refused, and says where", async () => {
    const runner = await world.runnerOf(await world.task("PLANNING"));

    expect(await world.post(route, runner.token, { epoch: "one" })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("epoch") },
    });
  });
});

// A search reads only; while nobody has missed its runner it may go on reading.
describe.each(routes.filter((route) => route !== "search"))("%s", (route) => {
  it("of a lease that ran out is told to stop, although nobody has missed it yet", async () => {
    const runner = await world.runnerOf(await world.task("PLANNING"));
    await world.pool.query("UPDATE attempts SET lease_until = now() - interval '1 s' WHERE id = $1", [
      runner.attemptId,
    ]);
    const before = await written();

    expect((await runner.says(route, ROUTES[route])).status).toBe(409);
    expect(await written()).toEqual(before);
  });
});

describe.each(routes.filter((route) => route !== "result"))("%s", (route) => {
  it.each(["succeeded", "failed", "lost", "cancelled"])(
    "of an attempt that is %s is told to stop",
    async (state) => {
      const runner = await world.runnerOf(await world.task("PLANNING"));
      await world.pool.query("UPDATE attempts SET state = $2, ended_at = now() WHERE id = $1", [
        runner.attemptId,
        state,
      ]);

      expect((await runner.says(route, ROUTES[route])).status).toBe(409);
    },
  );
});

describe("a heartbeat", () => {
  it("keeps the lease alive", async () => {
    const runner = await world.runnerOf(await world.task("CODING"));
    await world.pool.query("UPDATE attempts SET lease_until = now() + interval '1 s' WHERE id = $1", [
      runner.attemptId,
    ]);

    expect(await runner.says("heartbeat")).toMatchObject({ status: 200, body: { cancel: null } });

    const attempt = await world.inTenant((tx) => findAttempt(tx, runner.attemptId));
    expect(attempt?.leaseUntil?.getTime()).toBeGreaterThan(Date.now() + 30_000);
  });

  it("brings back the wish to stop", async () => {
    const planted = await world.task("CODING");
    const runner = await world.runnerOf(planted);
    await world.say({
      type: "task.cancelled",
      issueNumber: planted.task.issueNumber,
      actor: planted.task.requestedBy,
      source: { kind: "issue_comment", commentId: 5 },
      reason: "@mona cancelled it",
    });

    expect((await runner.says("heartbeat")).body.cancel).toEqual({ reason: "@mona cancelled it" });
  });
});

it("two runners of one attempt: the one with the newer epoch goes on alone", async () => {
  const runner = await world.runnerOf(await world.task("CODING"));
  await world.pool.query("UPDATE attempts SET epoch = 2 WHERE id = $1", [runner.attemptId]);

  const [older, newer] = await Promise.all([
    runner.says("heartbeat"),
    world.post("heartbeat", runner.token, { epoch: 2 }),
  ]);

  expect([older.status, newer.status]).toEqual([409, 200]);
});
