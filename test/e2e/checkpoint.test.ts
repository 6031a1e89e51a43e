import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type Checkpoint, checkpointKey } from "@aicd/core";
import { afterAll, expect, it, vi } from "vitest";
import { CODER_CALLS, startEngineer } from "../world/engineer.ts";
import { clientOf, type Dispatched, dispatched, planHash, startRunner, tokenFor } from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

const engineer = await startEngineer();
afterAll(() => engineer.stop());
const world = await createWorld({
  env: { ANTHROPIC_API_KEY: "key", ANTHROPIC_BASE_URL: engineer.url },
  files: {
    "README.md": "# Widget\n".repeat(200),
    "src/widget.js": "export const widget = 1;\n".repeat(100),
    "src/gear.js": "export const gear = 1;\n".repeat(100),
    "src/axle.js": "export const axle = 1;\n".repeat(100),
  },
});
let dispatches = 0;
let plans = 0;

/** Takes an issue through its approved plan; answers the dispatch of the coding attempt. */
async function planned(title: string): Promise<Dispatched & { issueNumber: number }> {
  const issue = await world.person.openIssue(REPO, { title });
  await world.person.label(REPO, issue.number, "aicd");
  await once(await startRunner(world, await dispatched(world, dispatches++)), "exit");
  await world.person.comment(REPO, issue.number, `/aicd approve ${await planHash(world, plans++)}`);
  return { ...(await dispatched(world, dispatches++)), issueNumber: issue.number };
}

async function opened(issueNumber: number): Promise<void> {
  await (await world.moves(issueNumber)).reached("PR_OPEN");
}

/** A checkpoint with files in it, which only the database tells: it is between the runner and the server. */
async function stored({ attemptId }: Dispatched): Promise<void> {
  const isThere = async () => {
    const { rowCount } = await world.database.pool.query(
      "SELECT FROM checkpoints WHERE attempt_id = $1 AND jsonb_array_length(body->'files') > 0",
      [attemptId],
    );
    return rowCount === 1;
  };
  await vi.waitUntil(isThere, { timeout: 60_000, interval: 20 });
}

async function spent(...attempts: string[]): Promise<{ tokens: number; calls: number }> {
  const { rows } = await world.database.pool.query<{ tokens: { input: number; output: number } }>(
    "SELECT tokens FROM usage WHERE attempt_id = ANY($1)",
    [attempts],
  );
  return {
    tokens: rows.reduce((sum, row) => sum + row.tokens.input + row.tokens.output, 0),
    calls: rows.length,
  };
}

it("a runner killed half-way costs less than 30 % of what it had spent", async () => {
  const whole = await planned("Split the widget into parts, please");
  await once(await startRunner(world, whole), "exit");
  await opened(whole.issueNumber);
  const reference = await spent(whole.attemptId);

  const first = await planned("Split the widget in eight, thank you");
  const half = Math.ceil(CODER_CALLS / 2) + 1;
  let victim: ChildProcess | undefined;
  const killed = new Promise<void>((resolve) => {
    engineer.onCoder(async (request) => {
      if (request !== half) return;
      await stored(first);
      victim?.kill("SIGKILL");
      if (victim !== undefined) await once(victim, "exit");
      resolve();
    });
  });
  victim = await startRunner(world, first);
  await killed;
  await world.database.pool.query("UPDATE attempts SET lease_until = now() - interval '1 s' WHERE id = $1", [
    first.attemptId,
  ]);
  const second = await dispatched(world, dispatches++);
  await once(await startRunner(world, second), "exit");
  await opened(first.issueNumber);

  const before = await spent(first.attemptId);
  const after = await spent(second.attemptId);
  const again = {
    tokens: before.tokens + after.tokens - reference.tokens,
    calls: before.calls + after.calls - reference.calls,
  };
  expect(before.calls).toBeGreaterThanOrEqual(half - 1);
  expect(again.calls / before.calls).toBeLessThan(0.3);
  expect(again.tokens / before.tokens).toBeLessThan(0.3);
}, 180_000);

it("a checkpoint of other work, a hostile one and one of a lost lease are refused at the door", async () => {
  const run = await planned("Refuse what is not of this work");
  const client = clientOf(world);
  const { attemptId, runKey } = run;
  const grant = await client.lease(await tokenFor(world, run), { attemptId, runKey });
  const lease = { token: grant.leaseToken, epoch: grant.epoch };
  const { startSha, plan } = grant;
  const good: Checkpoint = {
    key: checkpointKey(grant),
    startSha,
    stage: "coding",
    plan,
    files: [],
    findings: [],
    evidence: null,
    receipts: [],
    rounds: { repairsLeft: 1, reviewsLeft: 1, warned: false, rejected: null },
    learned: "",
    spentMicroUsd: 0,
  };
  const file = (path: string, mode: "100644" | "120000" = "100644") =>
    ({ kind: "write", path, mode, baseMode: null, contentBase64: "eA==" }) as const;

  await client.checkpoint(lease, good);
  for (const bad of [
    { ...good, key: checkpointKey({ ...grant, plan: null }) },
    { ...good, key: checkpointKey({ ...grant, taskId: "tsk_another" }) },
    { ...good, startSha: "0".repeat(40) },
    { ...good, files: [file("../out")] },
    { ...good, files: [file(".git/config")] },
    { ...good, files: [file("link", "120000")] },
    { ...good, files: [{ ...file("big"), contentBase64: "AAAA".repeat(1_500_000) }] },
  ]) {
    await expect(client.checkpoint(lease, bad)).rejects.toMatchObject({ kind: "invalid" });
  }
  const stale = client.checkpoint({ ...lease, epoch: lease.epoch - 1 }, good);
  await expect(stale).rejects.toMatchObject({ kind: "conflict" });
});
