import { setTask } from "@aicd/db";
import { expect, it } from "vitest";
import { createTaskWorld, MONA } from "../testing/tasks.ts";
import { reactionTo, wordOf } from "./outcome.ts";

const world = await createTaskWorld();
const source = { kind: "issue_comment" as const, commentId: 5 };

const say = (issueNumber: number, verb: "ask" | "explain", text?: string) =>
  world.say({
    type: "status.requested",
    issueNumber,
    actor: MONA,
    source,
    verb,
    ...(text === undefined ? {} : { text }),
  });

it("a question is answered on the thread, and nothing is started or spent for it", async () => {
  const { task } = await world.task("PR_OPEN");
  await world.pool.query("UPDATE change_sets SET commit_sha = 'c0ffee1234' WHERE task_id = $1", [task.id]);

  const outcome = await say(task.issueNumber, "ask", "what did you change and why?");

  expect(wordOf(outcome)).toBe("question.answered");
  expect(reactionTo(outcome)).toBe("rocket");
  expect((await world.owed()).map(({ job }) => job).sort()).toEqual(["post-comment", "react"]);
  const [answer = ""] = await world.said(task.issueNumber);
  expect(answer).toContain("- `src/sum.js` changed");
  expect(answer).toContain("Each share is rounded before they are added.");
  expect(await world.find(task.id)).toMatchObject({ state: "PR_OPEN", spentMicroUsd: 0 });
});

it("where there is no task a question has one line", async () => {
  const issueNumber = world.nextIssue();

  expect(wordOf(await say(issueNumber, "ask", "what did you change?"))).toBe("refused.task.missing");

  expect(await world.said(issueNumber)).toHaveLength(1);
});

it("an explanation has the money of each step", async () => {
  const { task } = await world.task("PLANNING");
  const { rows } = await world.pool.query("SELECT id FROM attempts WHERE task_id = $1", [task.id]);
  for (const microUsd of [120_000, 30_000]) {
    await world.pool.query(
      `INSERT INTO usage (tenant_id, id, key, task_id, attempt_id, provider, model, tokens, price, micro_usd)
       VALUES ($1, $2, $2, $3, $4, 'anthropic', 'm', '{}', '{}', $5)`,
      [world.tenantId, world.deps.mint("usage"), task.id, rows[0].id, microUsd],
    );
  }
  await world.say({
    type: "task.cancelled",
    issueNumber: task.issueNumber,
    actor: MONA,
    source,
    reason: "enough",
  });
  await world.inTenant((tx) => setTask(tx, task.id, { progress: null }));

  await say(task.issueNumber, "explain");

  expect((await world.said(task.issueNumber)).at(-1)).toMatch(
    /^- (?:after \d+ s, )?for \$0\.15: The task was cancelled/m,
  );
});
