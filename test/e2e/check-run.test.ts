import { MockAgent, type MockScript } from "@aicd/agents";
import type { TaskState } from "@aicd/core";
import { expect, it } from "vitest";
import { hashIn, onThread, playRunner, runOf, written } from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

const world = await createWorld({});
const { github, person } = world;

type Shown = {
  id: number;
  status: string;
  conclusion: string | null;
  actions?: unknown;
  output: { title: string };
};
const PERSON = { authorization: `Bearer ${person.token}` };

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${github.url}/repos/${REPO}${path}`, { headers: PERSON })).json()) as T;
}

/** The check run on the head of a pull request, once it is as it should be. */
async function shown(number: number, fits: (check: Shown) => boolean): Promise<Shown> {
  for (;;) {
    const more = github.next("write");
    const { head } = await ask<{ head: { sha: string } }>(`/pulls/${number}`);
    const { check_runs } = await ask<{ check_runs: Shown[] }>(`/commits/${head.sha}/check-runs`);
    const found = check_runs.find(fits);
    if (found !== undefined) {
      more.catch(() => undefined);
      return found;
    }
    await more;
  }
}

const by = (conclusion: string) => (check: Shown) => check.conclusion === conclusion;

it("a pull request shows on its head how its task stands, and a button there does what it says", async () => {
  const { number } = await person.openIssue(REPO, { title: "Show me" });
  const play = async (nth: number, script: MockScript = {}) =>
    playRunner(world, await runOf(world, number, nth), new MockAgent(script));
  const reached = async (state: TaskState, times = 1) => (await world.moves(number)).reached(state, times);
  await person.label(REPO, number, "aicd");
  await play(1);
  const entry = await written(
    world,
    onThread(number, (candidate) => hashIn(candidate) !== undefined),
  );
  await person.comment(REPO, number, `/aicd approve ${hashIn(entry)}`);
  await play(2);
  await reached("PR_OPEN");
  const [pull] = await ask<{ number: number }[]>("/pulls");
  const pullRequest = pull?.number ?? 0;

  const first = await shown(pullRequest, by("neutral"));
  expect(first.output.title).toBe("No checks ran, so nothing is proven");

  await person.review(REPO, pullRequest, { event: "REQUEST_CHANGES", body: "Say more." });
  const stopped = { kind: "stopped" as const, reason: "model_refused" as const, detail: "It would not." };
  await play(3, { codes: [{ files: {}, outcome: stopped }] });
  await reached("FAILED");
  const failed = await shown(pullRequest, by("action_required"));
  expect(failed).toMatchObject({ id: first.id, output: { title: "Round 2 failed" } });

  await github.as("stranger").pressCheckButton(REPO, failed.id, "retry");
  await github.settled();
  expect((await ask<{ body: string }[]>(`/issues/${pullRequest}/comments`)).length).toBe(0);

  await person.pressCheckButton(REPO, failed.id, "retry");
  await play(4, { codes: [{ files: { "aicd-mock.md": "More.\n" } }] });
  await reached("PR_OPEN", 2);
  const second = await shown(pullRequest, (check) => check.id !== first.id && check.conclusion === "neutral");
  expect(second.status).toBe("completed");
});

it("GitHub was never asked for anything it does not know", () => {
  expect(github.unexpected).toEqual([]);
});
