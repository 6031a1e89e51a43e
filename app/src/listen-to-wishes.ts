import type { ThreadIntent } from "@aicd/core";
import type { Probot } from "probot";
import { gate } from "./gate.ts";
import type { Inbox } from "./ports.ts";
import { fromPressedButton, fromRerun } from "./translators/check-run.ts";
import { fromEditedComment, fromIssueComment, fromReviewComment } from "./translators/comment.ts";
import { fromIssue } from "./translators/issues.ts";
import { fromEditedPullRequest, fromPullRequest, fromReview } from "./translators/pull-request.ts";
import { repositoryOf } from "./translators/repository.ts";

/** What people want of a task, said on a thread or with a button. */
export function listenToWishes(probot: Probot, inbox: Inbox): void {
  async function offer(
    id: string,
    payload: Parameters<typeof repositoryOf>[0],
    intent: ThreadIntent | undefined,
  ): Promise<void> {
    const repository = repositoryOf(payload);
    if (intent === undefined || repository === undefined) return;
    // The delivery keeps its id when GitHub sends it again, so the key makes a repetition harmless.
    await gate(inbox, `${id}:${intent.type}`, repository, intent);
  }

  probot.on(["issues.labeled", "issues.closed", "issues.deleted", "issues.transferred"], ({ id, payload }) =>
    offer(id, payload, fromIssue(payload)),
  );
  probot.on("issue_comment.created", ({ id, payload }) => offer(id, payload, fromIssueComment(payload)));
  // One answer for all edits of a comment.
  probot.on("issue_comment.edited", ({ payload }) =>
    offer(`edited:${payload.comment.id}`, payload, fromEditedComment(payload)),
  );
  probot.on("pull_request_review_comment.created", ({ id, payload }) =>
    offer(id, payload, fromReviewComment(payload)),
  );
  probot.on("pull_request_review.submitted", ({ id, payload }) => offer(id, payload, fromReview(payload)));
  probot.on("check_run.requested_action", ({ id, payload }) =>
    offer(id, payload, fromPressedButton(payload)),
  );
  probot.on("check_run.rerequested", ({ id, payload }) => offer(id, payload, fromRerun(payload)));
  probot.on("pull_request.closed", ({ id, payload }) => offer(id, payload, fromPullRequest(payload)));
  probot.on("pull_request.edited", ({ id, payload }) => offer(id, payload, fromEditedPullRequest(payload)));
}
