import type { IntentSource, ThreadIntent } from "@aicd/core";
import { setTask, storeIntent } from "@aicd/db";
import { expect, it } from "vitest";
import { startHome } from "../testing/home.ts";
import { createTaskWorld, MONA } from "../testing/tasks.ts";
import { react, settleRequest } from "./react.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;
const REPO = "acme/widget";
let keys = 0;

/** What a delivery leaves behind: an intent by its id. */
async function said(intent: ThreadIntent): Promise<{ tenantId: string; intentId: string }> {
  const { repository, repositoryId } = world;
  const row = await world.inTenant((tx) =>
    storeIntent(tx, deps.mint, { key: `said-${++keys}`, repositoryId, repository, intent }),
  );
  return { tenantId, intentId: row?.id ?? "" };
}

const asked = (issueNumber: number, source: IntentSource, mode: "wait" | "auto" = "wait"): ThreadIntent => ({
  type: "task.requested",
  issueNumber,
  actor: MONA,
  source,
  mode,
  text: "",
  flags: {},
});

async function reactions(commentId: number): Promise<string[]> {
  const found = await home.ask<{ content: string }[]>(`/issues/comments/${commentId}/reactions`);
  return found.map(({ content }) => content);
}

async function labels(issueNumber: number): Promise<string[]> {
  return (await home.ask<{ name: string }[]>(`/issues/${issueNumber}/labels`)).map(({ name }) => name);
}

async function commented(): Promise<{ issueNumber: number; source: IntentSource & { commentId: number } }> {
  const issueNumber = await home.issue();
  const { id } = await home.mona.comment(REPO, issueNumber, "/aicd");
  return { issueNumber, source: { kind: "issue_comment", commentId: id } };
}

it.each(["eyes", "rocket", "confused", "-1"] as const)(
  "the first answer is a %s at the comment that asked",
  async (content) => {
    const { issueNumber, source } = await commented();

    await react(deps, { ...(await said(asked(issueNumber, source))), content });

    expect(await reactions(source.commentId)).toEqual([content]);
  },
);

it("a comment that was deleted meanwhile is answered nowhere", async () => {
  const { issueNumber, source } = await commented();
  await home.mona.deleteComment(REPO, source.commentId);

  await react(deps, { ...(await said(asked(issueNumber, source))), content: "eyes" });

  expect((await home.ask<unknown[]>(`/issues/${issueNumber}/reactions`)).length).toBe(0);
});

it.each([
  { mode: "wait", label: "aicd" },
  { mode: "auto", label: "aicd:auto" },
] as const)(
  "a label $label that is refused is taken off, so that it can be put on again",
  async ({ mode, label }) => {
    const issueNumber = await home.issue();
    await home.mona.label(REPO, issueNumber, label);
    await home.mona.label(REPO, issueNumber, "bug");

    await react(deps, { ...(await said(asked(issueNumber, { kind: "issue" }, mode))), content: "confused" });

    expect(await labels(issueNumber)).toEqual(["bug"]);
  },
);

it("a label that is heard stays, and the sticky comment is its answer", async () => {
  const issueNumber = await home.issue();
  await home.mona.label(REPO, issueNumber, "aicd");

  await react(deps, { ...(await said(asked(issueNumber, { kind: "issue" }))), content: "eyes" });

  expect(await labels(issueNumber)).toEqual(["aicd"]);
  expect(await home.ask(`/issues/${issueNumber}/reactions`)).toEqual([]);
});

it("a label of somebody who may not write gets its thumb down", async () => {
  const issueNumber = await home.issue();
  await home.mona.label(REPO, issueNumber, "aicd");

  await react(deps, { ...(await said(asked(issueNumber, { kind: "issue" }))), content: "-1" });

  expect(await home.ask(`/issues/${issueNumber}/reactions`)).toEqual([
    expect.objectContaining({ content: "-1" }),
  ]);
});

it("a submitted review is answered at the review", async () => {
  const pullRequestNumber = await home.pull("reviewed");
  const { reviewId, nodeId } = await home.reviewed(pullRequestNumber, "reviewed.txt");
  const source = { kind: "review" as const, reviewId, nodeId };
  const before = home.github.ledger.length;

  await react(deps, {
    ...(await said({
      type: "revision.requested",
      pullRequestNumber,
      reviewId,
      bare: false,
      actor: MONA,
      source,
    })),
    content: "eyes",
  });

  const written = home.github.ledger.slice(before).map(({ body }) => body);
  expect(written).toEqual([{ subjectId: nodeId, content: "EYES" }]);
});

it("an intent that is gone is answered nowhere", async () => {
  const before = home.github.ledger.length;

  await react(deps, { tenantId, intentId: deps.mint("intent"), content: "eyes" });

  expect(home.github.ledger).toHaveLength(before);
});

it.each(["rocket", "confused"] as const)("at the end the eyes go and a %s comes, once", async (content) => {
  const { issueNumber, source } = await commented();
  const { task } = await world.task("PR_OPEN", { issueNumber });
  await world.inTenant((tx) => setTask(tx, task.id, { source }));
  await react(deps, { ...(await said(asked(issueNumber, source))), content: "eyes" });
  await home.mona.react(REPO, source.commentId, "eyes");

  await settleRequest(deps, { tenantId, taskId: task.id, content });
  await settleRequest(deps, { tenantId, taskId: task.id, content });

  // Mona's own eyes stay hers.
  expect((await reactions(source.commentId)).sort()).toEqual([content, "eyes"].sort());
});

it("the label of a task that is over is taken off", async () => {
  const issueNumber = await home.issue();
  await home.mona.label(REPO, issueNumber, "aicd");
  const { task } = await world.task("FAILED", { issueNumber });

  await settleRequest(deps, { tenantId, taskId: task.id, content: "confused" });

  expect(await labels(issueNumber)).toEqual([]);
});

it("a task that is gone is settled nowhere", async () => {
  const before = home.github.ledger.length;

  await settleRequest(deps, { tenantId, taskId: deps.mint("task"), content: "rocket" });

  expect(home.github.ledger).toHaveLength(before);
});

it("GitHub was never asked for anything it does not know", () => {
  expect(home.github.unexpected).toEqual([]);
});
