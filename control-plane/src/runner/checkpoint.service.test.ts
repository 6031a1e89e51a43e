import { checkpointKey } from "@aicd/core";
import { findAttempt, findCheckpoint } from "@aicd/db";
import { expect, it } from "vitest";
import { BASE_SHA, CHANGE, PLAN } from "../testing/tasks.ts";
import { createRunnerWorld } from "./testing/runner.ts";

const world = await createRunnerWorld();

/** A coder at work, and a checkpoint of exactly that work. */
async function coder() {
  const planted = await world.task("CODING");
  const runner = await world.runnerOf(planted);
  const { context } = (await world.inTenant((tx) => findAttempt(tx, runner.attemptId))) ?? {};
  if (context == null) throw new Error("no context");
  const checkpoint = {
    key: checkpointKey({ taskId: planted.task.id, ...context, plan: PLAN }),
    startSha: BASE_SHA,
    stage: "coding",
    plan: PLAN,
    files: CHANGE.files,
    findings: [],
    evidence: null,
    receipts: [],
    rounds: { repairsLeft: 1, reviewsLeft: 1, warned: false, rejected: null },
    learned: "a",
    spentMicroUsd: 0,
  };
  const stored = async () => (await world.inTenant((tx) => findCheckpoint(tx, planted.task.id)))?.body;
  return { ...runner, checkpoint, stored };
}

it("the latest checkpoint of the work is the one that is kept", async () => {
  const { says, checkpoint, stored } = await coder();

  expect((await says("checkpoint", { checkpoint })).body).toEqual({ accepted: true });
  await says("checkpoint", { checkpoint: { ...checkpoint, learned: "b" } });

  expect((await stored())?.learned).toBe("b");
});

it.each([
  ["of other work", { key: "a".repeat(64) }, /belongs to other work/],
  ["from another commit", { startSha: "c".repeat(40) }, /belongs to other work/],
  ["with files before anything is written", { stage: "planned" }, /nothing was to be written/],
  ["with a file nobody may write", { files: [{ ...CHANGE.files[0], path: ".git/config" }] }, /\.git\/config/],
])("a checkpoint %s is refused, and says why", async (_, change, said) => {
  const { says, checkpoint, stored } = await coder();

  expect(await says("checkpoint", { checkpoint: { ...checkpoint, ...change } })).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(said) },
  });
  expect(await stored()).toBeUndefined();
});

it("a checkpoint of a plan that is no longer approved is refused", async () => {
  const { says, checkpoint, attemptId } = await coder();
  await world.pool.query(
    "UPDATE plans SET state = 'void' WHERE task_id = (SELECT task_id FROM attempts WHERE id = $1)",
    [attemptId],
  );

  expect((await says("checkpoint", { checkpoint })).status).toBe(400);
});
