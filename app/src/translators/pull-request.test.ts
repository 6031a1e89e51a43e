import { expect, it } from "vitest";
import { payloadOf } from "../testing/payloads.ts";
import { fromPullRequest, fromReview } from "./pull-request.ts";

it.each([
  { merged: true, sender: "User", type: "pull_request.merged" },
  { merged: false, sender: "User", type: "pull_request.closed" },
  // A merge queue, or a bot that tidies up: the pull request is as closed as if a person had done it.
  { merged: true, sender: "Bot", type: "pull_request.merged" },
  { merged: false, sender: "Bot", type: "pull_request.closed" },
] as const)("merged: $merged, by a $sender, is the fact $type", ({ merged, sender, type }) => {
  const payload = payloadOf("pull_request.closed");
  payload.pull_request.merged = merged;
  payload.sender.type = sender;

  expect(fromPullRequest(payload)).toEqual({
    type,
    pullRequestNumber: payload.pull_request.number,
    actor: { login: payload.sender.login, id: payload.sender.id },
    source: { kind: "system" },
  });
});

it.each([
  { state: "changes_requested", body: "shorter, please", bare: false },
  { state: "changes_requested", body: null, bare: false },
  { state: "commented", body: "shorter, please", bare: false },
  { state: "commented", body: null, bare: true },
  { state: "commented", body: " \n", bare: true },
  { state: "COMMENTED", body: "", bare: true },
  { state: "approved", body: "shorter, please", bare: undefined },
  { state: "APPROVED", body: null, bare: undefined },
])("a review that is $state and says $body is bare: $bare", ({ state, body, bare }) => {
  const payload = payloadOf("pull_request_review.submitted");
  Object.assign(payload.review, { state, body });

  expect(fromReview(payload)).toEqual(
    bare === undefined
      ? undefined
      : {
          type: "revision.requested",
          pullRequestNumber: payload.pull_request.number,
          reviewId: payload.review.id,
          bare,
          actor: { login: payload.sender.login, id: payload.sender.id },
          source: { kind: "review", reviewId: payload.review.id, nodeId: payload.review.node_id },
        },
  );
});

it("a bot's review asks for nothing", () => {
  const payload = payloadOf("pull_request_review.submitted");
  payload.review.state = "changes_requested";
  payload.sender.type = "Bot";

  expect(fromReview(payload)).toBeUndefined();
});
