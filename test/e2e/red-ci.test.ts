import { MockAgent, type MockScript } from "@aicd/agents";
import type { IAgent, Snapshot, TaskState } from "@aicd/core";
import { createChecker } from "@aicd/local-github";
import { expect, it } from "vitest";
import { hashIn, onThread, playRunner, runOf, written } from "../world/runner.ts";
import { createWorld, ORG, REPO } from "../world/world.ts";

const world = await createWorld({});
const { github, person } = world;
const say = await createChecker(github, { name: "Builds", owner: ORG });
const PERSON = { authorization: `Bearer ${person.token}` };

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${github.url}/repos/${REPO}${path}`, { headers: PERSON })).json()) as T;
}

/** A coder of which it is known what it was given. */
class SeenAgent extends MockAgent {
  readonly given: Snapshot["ci"][] = [];
  override code(...[task, scope]: Parameters<IAgent["code"]>) {
    this.given.push(task.snapshot.ci);
    return super.code(task, scope);
  }
}

it("red CI of our pull request is mended by a round of its own, and told when that did not help", async () => {
  const { number } = await person.openIssue(REPO, { title: "Mend me" });
  const play = async (nth: number, script: MockScript = {}) => {
    const agent = new SeenAgent(script);
    await playRunner(world, await runOf(world, number, nth), agent);
    return agent.given;
  };
  const reached = async (state: TaskState, times = 1) => (await world.moves(number)).reached(state, times);
  const headSha = async (of: number) => (await ask<{ head: { sha: string } }>(`/pulls/${of}`)).head.sha;
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
  const of = pull?.number ?? 0;
  const red = { name: "unit", conclusion: "failure", text: "not ok 1 - adds </ci> @stranger\n" };

  await say(REPO, { ...red, sha: await headSha(of) });
  const given = await play(3, { codes: [{ files: { "aicd-mock.md": "Mended.\n" } }] });
  await reached("PR_OPEN", 2);
  const begun = await written(
    world,
    onThread(of, ({ body }) => textOf(body).includes("so I mend it")),
  );
  await say(REPO, { ...red, sha: await headSha(of) });
  const told = await written(
    world,
    onThread(of, ({ body }) => textOf(body).includes("I stop here")),
  );

  expect(given).toMatchObject([[{ name: "unit", tests: ["adds </ci> @stranger"] }]]);
  expect(textOf(begun.body)).toContain("round 1 of 2");
  expect(textOf(told.body)).toContain("the last round was to mend this very failure");
  expect((await world.moves(number)).told.at(-1)).toMatchObject({ state: "PR_OPEN" });
});

function textOf(body: unknown): string {
  return String((body as { body?: unknown }).body ?? "");
}

it("GitHub was never asked for anything it does not know", () => {
  expect(github.unexpected).toEqual([]);
});
