import type { CommentId } from "@aicd/core";
import { storeComment } from "@aicd/db";
import { expect, it } from "vitest";
import { say } from "../tasks/say.ts";
import { startHome } from "../testing/home.ts";
import { createTaskWorld, type Planted } from "../testing/tasks.ts";
import { postComment } from "./post-comment.ts";

const home = await startHome();
const world = await createTaskWorld({ home });
const { deps, tenantId } = world;

/** A comment that is owed, as `say` leaves it: the payload of its job. */
async function owe(body: string, about: { issueNumber: number; planted?: Planted }) {
  const owner =
    about.planted === undefined ? { repositoryId: world.repositoryId } : { taskId: about.planted.task.id };
  const target = { kind: "issue" as const, number: about.issueNumber };
  await world.inTenant((tx) => say(deps, tx, { ...owner, key: body, target, body }));
  const [owed] = await world.owed();
  if (owed?.job !== "post-comment") throw new Error("no comment is owed");
  return owed.payload as { tenantId: string; commentId: string };
}

it("a text of a task is posted on its thread, and its id is known afterwards", async () => {
  const issueNumber = await home.issue();
  const planted = await world.task("CODING", { issueNumber });
  const payload = await owe("Hello", { issueNumber, planted });

  await postComment(deps, payload);

  expect(await home.thread(issueNumber)).toEqual([expect.stringMatching(/^<!-- aicd:cmt_\w+ -->\nHello$/)]);
  const { rows } = await world.pool.query("SELECT github_id FROM comments WHERE id = $1", [
    payload.commentId,
  ]);
  expect(Number(rows[0]?.github_id)).toBeGreaterThan(0);
});

it("a text that belongs to no task is posted for its repository", async () => {
  const issueNumber = await home.issue();

  await postComment(deps, await owe("No task here", { issueNumber }));

  expect(await home.thread(issueNumber)).toEqual([expect.stringContaining("No task here")]);
});

it("a repeated job posts nothing again", async () => {
  const issueNumber = await home.issue();
  const payload = await owe("Once", { issueNumber });

  await postComment(deps, payload);
  await postComment(deps, payload);

  expect(await home.thread(issueNumber)).toHaveLength(1);
});

it("a comment that a person deleted is not posted again", async () => {
  const issueNumber = await home.issue();
  const payload = await owe("Unwanted", { issueNumber });
  await postComment(deps, payload);
  const { rows } = await world.pool.query("SELECT github_id FROM comments WHERE id = $1", [
    payload.commentId,
  ]);
  await home.mona.deleteComment("acme/widget", Number(rows[0]?.github_id));

  await postComment(deps, payload);

  expect(await home.thread(issueNumber)).toEqual([]);
});

it("a comment whose answer was lost is found again by its mark", async () => {
  const issueNumber = await home.issue();
  const payload = await owe("Lost answer", { issueNumber });
  const route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
  home.github.faults.set({ method: "POST", route, cut: "after", times: 1 });

  await postComment(deps, payload).catch(() => undefined);
  await postComment(deps, payload);

  expect(await home.thread(issueNumber)).toHaveLength(1);
  const { rows } = await world.pool.query("SELECT github_id FROM comments WHERE id = $1", [
    payload.commentId,
  ]);
  expect(Number(rows[0]?.github_id)).toBeGreaterThan(0);
});

it("somebody else's comment that bears the mark is not taken for ours", async () => {
  const issueNumber = await home.issue();
  const payload = await owe("Ours", { issueNumber });
  await home.mona.comment("acme/widget", issueNumber, `<!-- aicd:${payload.commentId} -->\nForged`);

  await postComment(deps, payload);

  expect(await home.thread(issueNumber)).toEqual([
    expect.stringContaining("Forged"),
    expect.stringContaining("Ours"),
  ]);
});

it("a comment that nobody wrote down is no work", async () => {
  const before = home.github.ledger.length;

  await postComment(deps, { tenantId, commentId: deps.mint("comment") });

  expect(home.github.ledger).toHaveLength(before);
});

it("the same key is written down once, and owed once", async () => {
  const target = { kind: "issue" as const, number: await home.issue() };
  const text = { repositoryId: world.repositoryId, key: "same", target, body: "a" };

  await world.inTenant((tx) => say(deps, tx, text));
  await world.inTenant((tx) => say(deps, tx, { ...text, body: "b" }));

  expect((await world.owed()).map(({ job }) => job)).toEqual(["post-comment"]);
  expect(await world.said(target.number)).toEqual(["a"]);
});

it("a receipt is posted below the comment it answers", async () => {
  const issueNumber = await home.issue();
  const pullRequestNumber = await home.pull("receipts");
  const { commentId } = await home.reviewed(pullRequestNumber, "receipts.txt");
  const planted = await world.task("PR_OPEN", { issueNumber, pullRequestNumber });
  const target = { kind: "review_comment" as const, pullRequestNumber, commentId };
  const row = await world.inTenant((tx) =>
    storeComment(tx, deps.mint, { taskId: planted.task.id, key: "receipt", target, body: "Changed." }),
  );

  const payload = { tenantId, commentId: row?.id as CommentId };
  await postComment(deps, payload);
  await postComment(deps, payload);

  const replies = await home.ask<{ body: string; in_reply_to_id?: number }[]>(
    `/pulls/${pullRequestNumber}/comments`,
  );
  expect(replies.filter((reply) => reply.in_reply_to_id === commentId)).toEqual([
    expect.objectContaining({ body: expect.stringContaining("Changed.") }),
  ]);
});

it("GitHub was never asked for anything it does not know", () => {
  expect(home.github.unexpected).toEqual([]);
});
