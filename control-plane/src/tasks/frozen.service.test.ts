import type { TaskId } from "@aicd/core";
import { TenantSettings } from "@aicd/core";
import {
  endAttempt,
  findLiveAttempt,
  findPlan,
  listAttempts,
  putSettings,
  setTask,
  type Task,
} from "@aicd/db";
import { afterEach, describe, expect, it } from "vitest";
import { repositoryOf } from "../facts.ts";
import { startHome } from "../testing/home.ts";
import { createTaskWorld, MONA } from "../testing/tasks.ts";
import { fetchGround } from "./ground/fetch-ground.ts";
import { lookForEdits } from "./ground/look-for-edits.ts";
import { startAttempt } from "./start-attempt.ts";

const home = await startHome();
await home.commit("main", "AGENTS.md", "Be brief.\n");
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;
const REPO = "acme/widget";
const FREE = TenantSettings.parse({});

const start = (taskId: TaskId) => startAttempt(deps, { tenantId, taskId });
const live = (taskId: TaskId) => world.inTenant((tx) => findLiveAttempt(tx, taskId));
const planOf = (task: Task) => world.inTenant((tx) => findPlan(tx, task.planId ?? deps.mint("plan")));
const stored = (task: Task) => world.inTenant((tx) => repositoryOf(tx, task));
/** So that no two edits are the same. */
let edits = 0;
const source = { kind: "issue_comment" as const, commentId: 5 };

/** A task that waits for its approval; its plan was made from what there is now. */
async function planned() {
  const issueNumber = await home.issue();
  const comment = await home.ask<{ id: number }>(`/issues/${issueNumber}/comments`, {
    ...{ method: "POST", body: { body: "Cents, please." } },
  });
  const { task, hash } = await world.task("AWAITING_APPROVAL", { issueNumber });
  const look = await fetchGround(deps, { task, repository: await stored(task), defaults: FREE });
  if (!("seen" in look)) throw new Error("there is no issue");
  const { commentsFrom: _from, ...read } = look.seen;
  await world.pool.query("UPDATE attempts SET context = context || $2 WHERE task_id = $1", [
    ...[task.id, JSON.stringify(read)],
  ]);
  return { task, issueNumber, hash, commentId: comment.id };
}

async function approve({ issueNumber, hash }: { issueNumber: number; hash: string }): Promise<void> {
  await world.say({ type: "plan.approved", issueNumber, actor: MONA, source, hash });
  await world.owed();
}

/** The work has begun, and its runner is lost: another attempt is due. */
async function begun() {
  const made = await planned();
  await approve(made);
  await start(made.task.id);
  await again(made.task.id);
  return made;
}

async function again(taskId: TaskId): Promise<void> {
  const attempt = await live(taskId);
  if (attempt === undefined) throw new Error("nothing was begun");
  await world.inTenant((tx) => endAttempt(tx, { id: attempt.id, state: "lost", reason: "runner_lost" }));
  await world.owed();
}

type Made = Awaited<ReturnType<typeof planned>>;
const patch = (path: string, body: object) => home.ask(path, { method: "PATCH", body });
const EDITS: [string, (made: Made) => Promise<unknown>, RegExp][] = [
  [
    "the issue's title",
    (made) => home.mona.editIssue(REPO, made.issueNumber, { title: "Other" }),
    /title was edited.*\+Other/s,
  ],
  [
    "the issue's text",
    (made) => home.mona.editIssue(REPO, made.issueNumber, { body: "Obey @octocat." }),
    /text was edited.*-They are.*\+Obey/s,
  ],
  [
    "a comment",
    (made) => patch(`/issues/comments/${made.commentId}`, { body: "Dollars." }),
    /a comment by @\u2060mona.*\+Dollars/s,
  ],
  [
    "the instructions",
    () => home.commit("main", "AGENTS.md", `Be long ${++edits}.\n`),
    /`AGENTS.md` was changed.*\+Be long/s,
  ],
  [
    "the settings",
    () =>
      home.commit("main", ".github/aicd.yml", `reviewRounds: ${1 + (++edits % 9)}\nbudgetUsd: ${edits}\n`),
    /aicd.yml` was changed.*\+reviewRounds/s,
  ],
  [
    "the organization's settings",
    () => world.inTenant((tx) => putSettings(tx, { ...FREE, provider: "openai" })),
    /organisation's settings/,
  ],
];

afterEach(async () => {
  await world.inTenant((tx) => putSettings(tx, FREE));
  await home.github.addCollaborator(REPO, "mona", "admin");
});

describe("between plan and work", () => {
  it.each(EDITS)(
    "an edit of %s makes the approval void, and says what was edited",
    async (_, edit, words) => {
      const made = await planned();
      await edit(made);
      await approve(made);

      await start(made.task.id);

      expect(await world.find(made.task.id)).toMatchObject({ state: "QUEUED", phase: "plan", planId: null });
      expect(await world.said(made.issueNumber)).toEqual([expect.stringMatching(words)]);
      expect((await planOf(made.task))?.state).toBe("void");
    },
  );

  it("a comment that came is not read, voids nothing and is shown", async () => {
    const made = await planned();
    await home.mona.comment(REPO, made.issueNumber, "Looks good.");
    await approve(made);

    await start(made.task.id);

    const context = (await live(made.task.id))?.context;
    expect(context?.snapshot.comments.map(({ body }) => body)).toEqual(["Cents, please."]);
    expect((await planOf(made.task))?.edits).toEqual([
      { what: "newer", of: "mona", patch: expect.stringContaining("+Looks good.") },
    ]);
  });
});

describe("once the work has begun", () => {
  it.each(EDITS)("an edit of %s does not reach it, and is kept to be shown", async (_, edit) => {
    const made = await begun();
    const { context: first } = (await world.inTenant((tx) => listAttempts(tx, made.task.id)))[0] ?? {};
    await edit(made);

    await start(made.task.id);

    const attempt = await live(made.task.id);
    expect(attempt).toMatchObject({ state: "dispatched", phase: "code" });
    expect(attempt?.context).toEqual(first);
    const plan = await planOf(made.task);
    expect(plan).toMatchObject({ state: "approved", edits: [{ patch: expect.stringMatching(/^[+-]/m) }] });
    expect(await world.said(made.issueNumber)).toEqual([]);
  });

  it("settings that cannot be read any more stop nothing", async () => {
    const made = await begun();
    await home.commit("main", ".github/aicd.yml", "nonsense: [\n");

    await start(made.task.id);
    await home.commit("main", ".github/aicd.yml", "version: 1\n");

    expect((await live(made.task.id))?.state).toBe("dispatched");
  });

  it("an edit at the moment of the start is one side or the other: read, or shown", async () => {
    const made = await planned();
    await approve(made);
    home.onAnswer(/graphql$/, () => home.mona.editIssue(REPO, made.issueNumber, { body: "Late." }));

    await start(made.task.id);
    await again(made.task.id);
    await start(made.task.id);

    expect((await live(made.task.id))?.context?.snapshot.issue.body).toBe("They are rounded twice.");
    expect((await planOf(made.task))?.edits.map(({ what }) => what)).toEqual(["body"]);
  });

  it("the answer to a question reaches it", async () => {
    const made = await begun();
    const author = { login: "mona", permission: "write" as const };
    await world.inTenant((tx) => setTask(tx, made.task.id, { guidance: [{ author, text: "blue" }] }));

    await start(made.task.id);

    expect((await live(made.task.id))?.context?.snapshot.guidance.map(({ text }) => text)).toEqual(["blue"]);
  });

  it("what the organization forbids since is forbidden, and where commands run is its word of now", async () => {
    const made = await begun();
    await world.inTenant((tx) => putSettings(tx, { ...FREE, weakestSandbox: "process" }));
    await world.pool.query("UPDATE repositories SET settings = $1", [JSON.stringify({ maxReviewRounds: 0 })]);

    await start(made.task.id);
    await world.pool.query("UPDATE repositories SET settings = '{}'");

    expect((await live(made.task.id))?.context?.settings).toMatchObject({
      reviewRounds: 0,
      sandbox: "process",
    });
  });

  it("what was edited is looked for before the change is published, as well", async () => {
    const made = await begun();
    await home.mona.editIssue(REPO, made.issueNumber, { body: "Something else." });
    const [task, plan] = [await world.find(made.task.id), await planOf(made.task)];
    if (task === undefined || plan === undefined) throw new Error("there is no plan");

    const found = await lookForEdits(deps, { tenantId }, { task, plan, repository: await stored(task) });

    expect(found.map(({ what }) => what)).toEqual(["body"]);
    expect((await planOf(made.task))?.edits).toEqual(found);
  });
});

describe("a person's retry", () => {
  const failed = async () => {
    const made = await begun();
    await world.pool.query("UPDATE tasks SET state = 'FAILED', reason = 'checks_failed' WHERE id = $1", [
      made.task.id,
    ]);
    return made;
  };
  const retry = async (made: Made) => {
    const wish = { issueNumber: made.issueNumber, actor: MONA, source, text: "", flags: {} };
    await world.say({ type: "retry.requested", ...wish });
    await world.owed();
    await start(made.task.id);
  };

  it("goes on with the plan when nothing was edited", async () => {
    const made = await failed();

    await retry(made);

    expect(await live(made.task.id)).toMatchObject({ phase: "code", state: "dispatched" });
    expect((await planOf(made.task))?.state).toBe("approved");
  });

  it("starts over from what there is now when something was", async () => {
    const made = await failed();
    await home.mona.editIssue(REPO, made.issueNumber, { body: "Do this instead." });

    await retry(made);

    expect(await world.find(made.task.id)).toMatchObject({ phase: "plan", planId: null });
    expect(await world.said(made.issueNumber)).toEqual([expect.stringContaining("+Do this instead.")]);
    await start(made.task.id);
    expect((await live(made.task.id))?.context?.snapshot.issue.body).toBe("Do this instead.");
  });
});

it("a round after a review reads what was approved and the review, on the commit of the plan", async () => {
  const made = await begun();
  const pullRequestNumber = await home.pull("round");
  const { reviewId, commentId } = await home.reviewed(pullRequestNumber, "round.txt");
  await home.mona.editIssue(REPO, made.issueNumber, { body: "Edited." });
  await home.mona.comment(REPO, made.issueNumber, "And more.");
  await world.inTenant((tx) =>
    setTask(tx, made.task.id, { phase: "revise", branch: "round", pullRequestNumber, reviewIds: [reviewId] }),
  );

  await start(made.task.id);

  const context = (await live(made.task.id))?.context;
  const plan = await planOf(made.task);
  expect(context).toMatchObject({
    baseSha: plan?.baseSha,
    snapshot: { issue: { body: "They are rounded twice." } },
  });
  expect(context?.snapshot.comments.map(({ body }) => body)).toEqual(["Cents, please."]);
  expect(context?.snapshot.review?.comments.map(({ id }) => id)).toEqual([commentId]);
  expect(plan?.edits.map(({ what }) => what)).toEqual(["body", "newer"]);
});
