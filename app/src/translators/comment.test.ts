import type { ThreadIntent } from "@aicd/core";
import { expect, it } from "vitest";
import { payloadOf } from "../testing/payloads.ts";
import { fromEditedComment, fromIssueComment, fromReviewComment } from "./comment.ts";

/** Everything the grammar knows, with what is left of it in the intent. */
const SAID: [body: string, becomes: Partial<ThreadIntent> | undefined][] = [
  ["/aicd", { type: "task.requested", mode: "wait", text: "", flags: {} }],
  ["@aicd", { type: "task.requested", mode: "wait", text: "", flags: {} }],
  ["/aicd\nsmall steps", { type: "task.requested", mode: "wait", text: "small steps", flags: {} }],
  ["/aicd plan keep the API", { type: "task.requested", mode: "wait", text: "keep the API", flags: {} }],
  [
    "/aicd --model opus --base next --budget $5",
    { type: "task.requested", mode: "wait", text: "", flags: { model: "opus", base: "next", budgetUsd: 5 } },
  ],
  ["/aicd run", { type: "task.requested", mode: "auto", text: "", flags: {} }],
  ["/aicd approve 0123456789AB", { type: "plan.approved", hash: "0123456789ab" }],
  ["/aicd revise no new file", { type: "plan.revised", text: "no new file" }],
  ["/aicd retry --model opus", { type: "retry.requested", text: "", flags: { model: "opus" } }],
  ["/aicd cancel", { type: "task.cancelled", reason: "@Codertocat asked for it" }],
  ["/aicd status", { type: "status.requested", verb: "status" }],
  ["/aicd explain", { type: "status.requested", verb: "explain" }],
  ["/aicd help", { type: "status.requested", verb: "help" }],
  ["/aicd aprove", { type: "command.unclear", problem: "`aprove` is not a command." }],
  [
    "/aicd approve",
    { type: "command.unclear", problem: "`approve` needs the 12-character hash of the plan." },
  ],
  ["I would say /aicd", undefined],
  ["> /aicd run", undefined],
  ["```\n/aicd run\n```", undefined],
  ["", undefined],
];

it.each(SAID)("%j on an issue", (body, becomes) => {
  const payload = says(body);

  expect(fromIssueComment(payload)).toEqual(
    becomes && {
      ...becomes,
      issueNumber: payload.issue.number,
      actor: { login: "Codertocat", id: payload.sender.id },
      source: { kind: "issue_comment", commentId: payload.comment.id },
    },
  );
});

it.each(SAID.filter(([, becomes]) => becomes?.type !== "task.requested"))(
  "%j on a pull request is as good as on an issue",
  (body, becomes) => {
    expect(fromIssueComment(onPullRequest(says(body)))?.type).toBe(becomes?.type);
  },
);

it.each(SAID.filter(([, becomes]) => becomes?.type === "task.requested"))(
  "%j on a pull request is answered with how to ask",
  (body) => {
    expect(fromIssueComment(onPullRequest(says(body)))).toMatchObject({
      type: "command.unclear",
      problem: "On a pull request, submit a review to have it changed.",
      source: { kind: "issue_comment" },
    });
  },
);

it.each(["Bot", "Organization", "Mannequin", undefined])("a sender of type %s is never obeyed", (type) => {
  const payload = says("/aicd run");

  const sender = { ...payload.sender, type } as typeof payload.sender;

  expect(fromIssueComment({ ...payload, sender })).toBeUndefined();
});

it.each([
  ["please look", "please look\n/aicd run", true],
  ["/aicd aprove 0123456789ab", "/aicd approve 0123456789ab", true],
  ["/aicd status", "/aicd run", true],
  ["please look", "/aicd aprove", true],
  ["/aicd run", "/aicd run, with care", false],
  ["/aicd run", "/aicd run --base next", false],
  ["/aicd run", "never mind", false],
  ["please look", "please look twice", false],
  ["please look", "<!--\n/aicd run\n-->", false],
])("K6: an edit from %j to %j is told that commands count when posted: %s", (from, to, told) => {
  const payload = payloadOf("issue_comment.edited");
  payload.comment.body = to;
  payload.changes = { body: { from } };

  expect(fromEditedComment(payload)).toEqual(
    told
      ? {
          type: "command.unclear",
          problem:
            "Commands count when they are posted, so this edit starts nothing: post it as a new comment.",
          issueNumber: payload.issue.number,
          actor: { login: "Codertocat", id: payload.sender.id },
          source: { kind: "issue_comment", commentId: payload.comment.id },
        }
      : undefined,
  );
});

it.each(SAID)("K6: %j in a comment on the diff is as good as on the thread", (body, becomes) => {
  const payload = payloadOf("pull_request_review_comment.created");
  payload.comment.body = body;
  const { id } = payload.comment;

  const intent = fromReviewComment(payload);

  const type = becomes?.type === "task.requested" ? "command.unclear" : becomes?.type;
  expect(intent?.type).toBe(type);
  if (intent !== undefined) {
    expect(intent).toMatchObject({
      issueNumber: payload.pull_request.number,
      source: { kind: "review_comment", commentId: id },
    });
  }
  Object.assign(payload.comment, { in_reply_to_id: 5 });
  if (intent !== undefined) {
    expect(fromReviewComment(payload)?.source).toEqual({
      kind: "review_comment",
      commentId: id,
      inReplyTo: 5,
    });
  }
});

it("a bot's edit and a bot's comment on the diff are never obeyed", () => {
  const edited = payloadOf("issue_comment.edited");
  edited.comment.body = "/aicd run";
  edited.changes = { body: { from: "" } };
  edited.sender.type = "Bot";
  const inline = payloadOf("pull_request_review_comment.created");
  inline.comment.body = "/aicd cancel";
  inline.sender.type = "Bot";

  expect(fromEditedComment(edited)).toBeUndefined();
  expect(fromReviewComment(inline)).toBeUndefined();
});

function says(body: string) {
  const payload = payloadOf("issue_comment.created");
  payload.comment.body = body;
  return payload;
}

function onPullRequest(payload: ReturnType<typeof says>) {
  const url = "https://api.github.com/repos/Codertocat/Hello-World/pulls/1";
  payload.issue.pull_request = { url, html_url: url, diff_url: url, patch_url: url };
  return payload;
}
