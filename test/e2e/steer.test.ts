import { MockAgent, type MockScript } from "@aicd/agents";
import type { TaskState } from "@aicd/core";
import { expect, it } from "vitest";
import { clientOf, dispatched, planHash, playRunner, tokenFor, written } from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

const world = await createWorld({});
const { github, person } = world;
/** Dispatches, plans and moves are counted over the whole file; each test goes on where the last one ended. */
const seen = { dispatches: 0, plans: 0 };

async function begin(title: string): Promise<number> {
  const issue = await person.openIssue(REPO, { title });
  await person.label(REPO, issue.number, "aicd");
  return issue.number;
}

async function play(script: MockScript = {}) {
  return playRunner(world, await dispatched(world, seen.dispatches++), new MockAgent(script));
}

async function reached(issueNumber: number, state: TaskState, times = 1): Promise<void> {
  await (await world.moves(issueNumber)).reached(state, times);
}

async function comments(number: number): Promise<string> {
  const answer = await fetch(`${github.url}/repos/${REPO}/issues/${number}/comments`, {
    headers: { authorization: `Bearer ${person.token}` },
  });
  return ((await answer.json()) as { body: string }[]).map((comment) => comment.body).join("\n---\n");
}

it("a cancelled task stops its runner through the heartbeat", async () => {
  const issue = await begin("Cancel me");
  const run = await dispatched(world, seen.dispatches++);
  const client = clientOf(world);
  const grant = await client.lease(await tokenFor(world, run), {
    attemptId: run.attemptId,
    runKey: run.runKey,
  });
  const lease = { token: grant.leaseToken, epoch: grant.epoch };
  expect((await client.heartbeat(lease)).cancel).toBeNull();

  await person.comment(REPO, issue, "/aicd cancel");
  await reached(issue, "CANCELLED");

  expect((await client.heartbeat(lease)).cancel?.reason).toContain("mona");
  await client.result(lease, { kind: "cancelled" });
  await expect(client.heartbeat(lease)).rejects.toMatchObject({ kind: "conflict" });
});

it("a revised plan voids the old hash, and only the new one starts the work", async () => {
  const issue = await begin("Revise me");
  await play();
  const old = await planHash(world, seen.plans++);

  await person.comment(REPO, issue, "/aicd revise use fewer words");
  await reached(issue, "QUEUED", 2);
  await play({ plans: [{ kind: "planned", plan: planWith("Use fewer words") }] });
  const fresh = await planHash(world, seen.plans++);
  await person.comment(REPO, issue, `/aicd approve ${old}`);
  await written(world, (entry) =>
    JSON.stringify(entry.body ?? "").includes("not the hash of what is on the table"),
  );
  await person.comment(REPO, issue, `/aicd approve ${fresh}`);
  await reached(issue, "QUEUED", 3);

  expect(fresh).not.toBe(old);
  expect(await play()).toMatchObject({ outcome: "approved" });
  await reached(issue, "PR_OPEN");
});

it("a question waits for its answer and then goes on", async () => {
  const issue = await begin("Ask me");
  await play({ plans: [{ kind: "question", questions: ["Which colour?"] }] });
  await reached(issue, "NEEDS_INPUT");

  await person.comment(REPO, issue, "/aicd revise blue");
  await reached(issue, "QUEUED", 2);
  const run = await dispatched(world, seen.dispatches);
  const grant = await clientOf(world).lease(await tokenFor(world, run), {
    attemptId: run.attemptId,
    runKey: run.runKey,
  });

  expect(grant.snapshot.guidance.map((wish) => wish.text)).toEqual(["blue"]);
  expect(await comments(issue)).toContain("Which colour?");
  seen.dispatches++;
  await person.closeIssue(REPO, issue);
  await reached(issue, "CANCELLED");
});

it("a protected path blocks, an admin's word for that very change lets it pass", async () => {
  const issue = await begin("Touch the manifest");
  await play();
  await person.comment(REPO, issue, `/aicd approve ${await planHash(world, seen.plans++)}`);
  await play({ codes: [{ files: { "package.json": "{}\n" } }] });
  await reached(issue, "BLOCKED");
  const status = await written(world, (entry) =>
    JSON.stringify(entry.body ?? "").includes("An admin may take it"),
  );
  const digest = /approve ([0-9a-f]{12})/.exec(JSON.stringify(status.body))?.[1];

  await person.comment(REPO, issue, `/aicd approve ${digest}`);

  await reached(issue, "PR_OPEN");
});

it("a failure says why and what to do, and the label once more tries again", async () => {
  const issue = await begin("Fail first");
  await play({ plans: [{ kind: "stopped", reason: "model_refused", detail: "It would not." }] });
  await reached(issue, "FAILED");
  await written(world, (entry) => JSON.stringify(entry.body ?? "").includes("The model declined the task"));

  await person.label(REPO, issue, "aicd");
  await reached(issue, "QUEUED", 2);

  expect(await play()).toMatchObject({ outcome: "planned" });
  seen.plans++;
});

it("a lost runner is replaced, and its successor finishes", async () => {
  const issue = await begin("Lose me");
  const run = await dispatched(world, seen.dispatches++);
  const client = clientOf(world);
  const grant = await client.lease(await tokenFor(world, run), {
    attemptId: run.attemptId,
    runKey: run.runKey,
  });
  await world.database.pool.query("UPDATE attempts SET lease_until = now() - interval '1 s' WHERE id = $1", [
    run.attemptId,
  ]);

  expect(await play()).toMatchObject({ outcome: "planned" });
  seen.plans++;

  const zombie = client.heartbeat({ token: grant.leaseToken, epoch: grant.epoch });
  await expect(zombie).rejects.toMatchObject({ kind: "conflict" });
  await reached(issue, "AWAITING_APPROVAL");
});

it("GitHub was never asked for anything it does not know", () => {
  expect(github.unexpected).toEqual([]);
});

function planWith(title: string) {
  return {
    title,
    understanding: "u",
    cause: "c",
    files: [{ path: "aicd-mock.md", change: "x" }],
    tests: [],
    checks: [],
    risks: [],
    questions: [],
    estimate: { changedLines: 1, lowUsd: 0, likelyUsd: 0, highUsd: 0 },
  };
}
