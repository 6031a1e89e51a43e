import { MockAgent, type MockScript } from "@aicd/agents";
import type { TaskState } from "@aicd/core";
import { expect, it } from "vitest";
import {
  clientOf,
  type Dispatched,
  hashIn,
  onThread,
  playRunner,
  runOf,
  tokenFor,
  written,
} from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

const world = await createWorld({});
const { github, person } = world;

/** Each test steers an issue of its own, and counts only what is its own. */
async function begin(title: string) {
  const { number } = await person.openIssue(REPO, { title });
  await person.label(REPO, number, "aicd");
  return {
    number,
    run: (nth: number) => runOf(world, number, nth),
    play: async (nth: number, script: MockScript = {}) =>
      playRunner(world, await runOf(world, number, nth), new MockAgent(script)),
    /** The hash of its plan number `nth`, as its thread asks for the approval. */
    planHash: async (nth = 1) =>
      hashIn(
        await written(
          world,
          onThread(number, (entry) => hashIn(entry) !== undefined),
          nth - 1,
        ),
      ) ?? "",
    say: (text: string) => person.comment(REPO, number, text),
    reached: async (state: TaskState, times = 1) => (await world.moves(number)).reached(state, times),
    told: (words: string) =>
      written(
        world,
        onThread(number, ({ body }) => JSON.stringify(body ?? "").includes(words)),
      ),
  };
}

async function lease(run: Dispatched) {
  const { attemptId, runKey } = run;
  const grant = await clientOf(world).lease(await tokenFor(world, run), { attemptId, runKey });
  return { grant, token: grant.leaseToken, epoch: grant.epoch };
}

async function comments(number: number): Promise<string> {
  const answer = await fetch(`${github.url}/repos/${REPO}/issues/${number}/comments`, {
    headers: { authorization: `Bearer ${person.token}` },
  });
  return ((await answer.json()) as { body: string }[]).map((comment) => comment.body).join("\n---\n");
}

it("a cancelled task stops its runner through the heartbeat", async () => {
  const issue = await begin("Cancel me");
  const client = clientOf(world);
  const { token, epoch } = await lease(await issue.run(1));
  expect((await client.heartbeat({ token, epoch })).cancel).toBeNull();

  await issue.say("/aicd cancel");
  await issue.reached("CANCELLED");

  expect((await client.heartbeat({ token, epoch })).cancel?.reason).toContain("mona");
  await client.result({ token, epoch }, { kind: "cancelled" });
  await expect(client.heartbeat({ token, epoch })).rejects.toMatchObject({ kind: "conflict" });
});

it("a revised plan voids the old hash, and only the new one starts the work", async () => {
  const issue = await begin("Revise me");
  await issue.play(1);
  const old = await issue.planHash();

  await issue.say("/aicd revise use fewer words");
  await issue.reached("QUEUED", 2);
  await issue.play(2, { plans: [{ kind: "planned", plan: planWith("Use fewer words") }] });
  const fresh = await issue.planHash(2);
  await issue.say(`/aicd approve ${old}`);
  await issue.told("not the hash of what is on the table");
  await issue.say(`/aicd approve ${fresh}`);
  await issue.reached("QUEUED", 3);

  expect(fresh).not.toBe(old);
  expect(await issue.play(3)).toMatchObject({ outcome: "approved" });
  await issue.reached("PR_OPEN");
});

it("a question waits for its answer and then goes on", async () => {
  const issue = await begin("Ask me");
  await issue.play(1, { plans: [{ kind: "question", questions: ["Which colour?"] }] });
  await issue.reached("NEEDS_INPUT");

  await issue.say("/aicd revise blue");
  const { grant } = await lease(await issue.run(2));

  expect(grant.snapshot.guidance.map((wish) => wish.text)).toEqual(["blue"]);
  expect(await comments(issue.number)).toContain("Which colour?");
});

it("an issue that is closed takes its task along", async () => {
  const issue = await begin("Close me");
  await issue.run(1);

  await person.closeIssue(REPO, issue.number);

  await issue.reached("CANCELLED");
});

it("a protected path blocks, an admin's word for that very change lets it pass", async () => {
  const issue = await begin("Touch the manifest");
  await issue.play(1);
  await issue.say(`/aicd approve ${await issue.planHash()}`);
  await issue.play(2, { codes: [{ files: { "package.json": "{}\n" } }] });
  await issue.reached("BLOCKED");
  const digest = /An admin may take it as it is: `\/aicd approve ([0-9a-f]{12})/.exec(
    await statusSays(issue.number, "An admin may take it"),
  )?.[1];

  await issue.say(`/aicd approve ${digest}`);

  await issue.reached("PR_OPEN");
});

it("a failure says why and what to do, and the label once more tries again", async () => {
  const issue = await begin("Fail first");
  await issue.play(1, { plans: [{ kind: "stopped", reason: "model_refused", detail: "It would not." }] });
  await issue.reached("FAILED");
  await statusSays(issue.number, "The model declined the task");

  await person.label(REPO, issue.number, "aicd");
  await issue.reached("QUEUED", 2);

  expect(await issue.play(2)).toMatchObject({ outcome: "planned" });
});

it("a lost runner is replaced, and its successor finishes", async () => {
  const issue = await begin("Lose me");
  const run = await issue.run(1);
  const { token, epoch } = await lease(run);
  await world.database.pool.query("UPDATE attempts SET lease_until = now() - interval '1 s' WHERE id = $1", [
    run.attemptId,
  ]);

  expect(await issue.play(2)).toMatchObject({ outcome: "planned" });

  const zombie = clientOf(world).heartbeat({ token, epoch });
  await expect(zombie).rejects.toMatchObject({ kind: "conflict" });
  await issue.reached("AWAITING_APPROVAL");
});

it("GitHub was never asked for anything it does not know", () => {
  expect(github.unexpected).toEqual([]);
});

/** Waits until the thread says so; the sticky comment is edited, so it is read anew after each write. */
async function statusSays(number: number, words: string): Promise<string> {
  for (;;) {
    const more = github.next("write");
    const text = await comments(number);
    if (text.includes(words)) {
      more.catch(() => undefined);
      return text;
    }
    await more;
  }
}

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
