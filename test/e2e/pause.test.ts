import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { signIn } from "../../packages/cli/src/demo/sign-in.ts";
import { clientOf, dispatched, tokenFor } from "../world/runner.ts";
import { createWorld, HUMAN, REPO, type World } from "../world/world.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The commands of the runbook, in its order. */
const [pause, pauseNow, status, resume, ...more] = [
  ...readFileSync(join(ROOT, "docker/runbooks/pause.md"), "utf8").matchAll(/npm run aicd -- (admin .+)$/gm),
].map(([, args = ""]) => args);

const WAIT = { timeout: 60_000, interval: 100 };

/** As an operator types it. */
async function operate(world: World, args = ""): Promise<Record<string, unknown>> {
  const command = `"${process.execPath}" packages/cli/src/main.ts ${args}`;
  const env = world.env as NodeJS.ProcessEnv;
  const { stdout } = await promisify(execFile)("sh", ["-c", command], { cwd: ROOT, env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const labelled = async ({ person }: World) => {
  const { number } = await person.openIssue(REPO, { title: "Make the widget two" });
  await person.label(REPO, number, "aicd");
  return number;
};

it("an operator stops a whole server by the runbook, and nothing that was asked for is lost", async () => {
  expect(more).toEqual([]);
  const world = await createWorld({ after: onTestFinished });
  const { client: api, org } = await signIn({ url: world.url, login: HUMAN });
  const seen = async (issue: number) => {
    const { items } = await api.listTasks({ org });
    const task = items.find(({ issueNumber }) => issueNumber === issue);
    return task === undefined ? undefined : api.getTask({ org, task: task.id });
  };
  const first = await labelled(world);
  const run = await dispatched(world, 0);
  const client = clientOf(world);
  const given = { attemptId: run.attemptId, runKey: run.runKey };
  const lease = await client.lease(() => tokenFor(world, run), given);
  expect(await operate(world, status)).toMatchObject({ paused: null, attempts: 1 });

  expect(await operate(world, pause)).toMatchObject({
    paused: { why: "the vendor is down", atOnce: false },
    attempts: 1,
  });
  const second = await labelled(world);
  await vi.waitUntil(async () => (await seen(second))?.progress?.includes("the vendor is down"), WAIT);
  expect(await seen(second)).toMatchObject({ state: "QUEUED" });
  expect(await seen(first)).toMatchObject({ state: "PLANNING" });
  expect((await fetch(`${world.url}/readyz`)).status).toBe(200);

  expect(await operate(world, pauseNow)).toMatchObject({
    paused: { why: "the vendor is down", atOnce: true },
  });
  const call = await fetch(`${world.url}/v1/models/anthropic/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": lease.leaseToken },
    body: JSON.stringify({ model: "claude-sonnet-5-5", max_tokens: 1, messages: [] }),
  });
  expect(call.ok).toBe(false);
  await vi.waitUntil(async () => (await seen(first))?.state === "QUEUED", WAIT);
  await vi.waitUntil(async () => (await seen(first))?.progress?.includes("paused"), WAIT);
  expect(await operate(world, status)).toMatchObject({ queued: 2, attempts: 0, callsHeld: 0 });

  expect(await operate(world, resume)).toMatchObject({ paused: null, queued: 2 });
  await Promise.all([dispatched(world, 1), dispatched(world, 2)]);
  await vi.waitUntil(async () => (await seen(first))?.progress === null, WAIT);
}, 240_000);
