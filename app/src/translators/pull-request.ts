import type { ThreadIntent } from "@aicd/core";
import type { EmitterWebhookEvent } from "@octokit/webhooks";
import { isPerson } from "./repository.ts";

/** Merging and closing are facts, whoever or whatever did it. */
export function fromPullRequest(
  payload: EmitterWebhookEvent<"pull_request.closed">["payload"],
): ThreadIntent {
  return {
    type: payload.pull_request.merged === true ? "pull_request.merged" : "pull_request.closed",
    pullRequestNumber: payload.pull_request.number,
    actor: { login: payload.sender.login, id: payload.sender.id },
    source: { kind: "system" },
  };
}

/** A person pointed the pull request at another branch, or renamed the one it was for. Undefined: neither. */
export function fromEditedPullRequest(
  payload: EmitterWebhookEvent<"pull_request.edited">["payload"],
): ThreadIntent | undefined {
  const { sender } = payload;
  if (payload.changes.base === undefined || sender === undefined) return undefined;
  return {
    type: "pull_request.retargeted",
    pullRequestNumber: payload.pull_request.number,
    base: payload.pull_request.base.ref,
    actor: { login: sender.login, id: sender.id },
    source: { kind: "system" },
  };
}

/**
 * A submitted review is one intent, however many comments it has; an approval asks for nothing. GitHub
 * sends one for every single comment and reply too: `bare` ones count only if they open a thread.
 */
export function fromReview(
  payload: EmitterWebhookEvent<"pull_request_review.submitted">["payload"],
): ThreadIntent | undefined {
  if (!isPerson(payload.sender)) return undefined;
  const { review } = payload;
  if (review.state.toLowerCase() === "approved") return undefined;
  return {
    type: "revision.requested",
    pullRequestNumber: payload.pull_request.number,
    reviewId: review.id,
    bare: review.state.toLowerCase() === "commented" && (review.body ?? "").trim() === "",
    actor: { login: payload.sender.login, id: payload.sender.id },
    source: { kind: "review", reviewId: review.id, nodeId: review.node_id },
  };
}
