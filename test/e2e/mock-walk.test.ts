import { MockAgent, REJECT_ONCE } from "@aicd/agents";
import { expect, it } from "vitest";
import { dispatched, planHash, playRunner, written } from "../world/runner.ts";
import { createWorld, REPO } from "../world/world.ts";

const world = await createWorld({});

it("MockAgent takes an issue through every state, by public doors only", async () => {
  const { github, person } = world;
  const agent = new MockAgent({ verdicts: REJECT_ONCE });
  const issue = await person.openIssue(REPO, { title: "Make the widget two", body: "It is one." });

  await person.label(REPO, issue.number, "aicd");
  expect(await playRunner(world, await dispatched(world, 0), agent)).toMatchObject({ outcome: "planned" });
  const moves = await world.moves(issue.number);
  await person.comment(REPO, issue.number, `/aicd approve ${await planHash(world)}`);
  expect(await playRunner(world, await dispatched(world, 1), agent)).toMatchObject({ outcome: "approved" });
  const { task } = await moves.reached("PR_OPEN");
  const number = task.pullRequest?.number ?? 0;
  await person.review(REPO, number, {
    event: "REQUEST_CHANGES",
    body: "Nearly.",
    comments: [{ path: "aicd-mock.md", line: 1, body: "Say more." }],
  });
  expect(await playRunner(world, await dispatched(world, 2), agent)).toMatchObject({ outcome: "approved" });
  await moves.reached("PR_OPEN", 2);
  await written(world, (entry) => entry.route.endsWith("/replies"));
  await person.markReady(REPO, number);
  await person.merge(REPO, number);
  await moves.reached("MERGED");

  expect(moves.told.map(({ state }) => state)).toEqual([
    ...["QUEUED", "PLANNING", "AWAITING_APPROVAL", "QUEUED", "CODING", "REVIEWING", "CODING", "REVIEWING"],
    ...["PUBLISHING", "PR_OPEN", "QUEUED", "CODING", "REVIEWING", "PUBLISHING", "PR_OPEN", "MERGED"],
  ]);
  const writes = github.ledger.filter((entry) => entry.actor === world.app.bot.login);
  const count = (part: string) =>
    writes.filter((entry) => `${entry.method} ${entry.route}`.includes(part)).length;
  expect(count("POST /repos/{owner}/{repo}/git/refs")).toBe(1);
  expect(count("createCommitOnBranch")).toBe(2);
  expect(count("POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies")).toBe(1);
  expect(writes.filter((entry) => entry.route === "/repos/{owner}/{repo}/pulls").length).toBe(1);
  expect(github.unexpected).toEqual([]);
});
