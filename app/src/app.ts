import type { ThreadIntent } from "@aicd/core";
import type { Probot } from "probot";
import { gate } from "./gate.ts";
import type { Inbox } from "./ports.ts";
import { fromPressedButton, fromRerun } from "./translators/check-run.ts";
import { fromEditedComment, fromIssueComment, fromReviewComment } from "./translators/comment.ts";
import { fromIssue } from "./translators/issues.ts";
import { fromEditedPullRequest, fromPullRequest, fromReview } from "./translators/pull-request.ts";
import { repositoryOf } from "./translators/repository.ts";

/** The Probot app: translates deliveries to intents, gates them, and writes them to the inbox. */
export function createApp(inbox: Inbox) {
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

  return function app(probot: Probot): void {
    probot.on(
      ["issues.labeled", "issues.closed", "issues.deleted", "issues.transferred"],
      ({ id, payload }) => offer(id, payload, fromIssue(payload)),
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
    probot.on("check_suite.completed", async ({ payload }) => {
      const repository = repositoryOf(payload);
      const { head_branch: branch, app } = payload.check_suite;
      if (repository === undefined || branch === null || app === null) return;
      await inbox.checksEnded({ repository, branch, app: app.slug ?? "" });
    });
    probot.on("pull_request.synchronize", async ({ payload }) => {
      const repository = repositoryOf(payload);
      if (repository !== undefined) await inbox.headMoved({ repository, pullRequestNumber: payload.number });
    });
    probot.on("pull_request.closed", ({ id, payload }) => offer(id, payload, fromPullRequest(payload)));
    probot.on("pull_request.edited", ({ id, payload }) => offer(id, payload, fromEditedPullRequest(payload)));
    probot.on(
      [
        "installation.created",
        "installation.deleted",
        "installation.suspend",
        "installation.unsuspend",
        "installation.new_permissions_accepted",
        "installation_repositories.added",
        "installation_repositories.removed",
        "installation_target.renamed",
        "repository.renamed",
        "repository.transferred",
        "repository.deleted",
        "repository.privatized",
        "repository.publicized",
      ],
      async ({ payload }) => {
        if (payload.installation === undefined) return;
        await inbox.installationChanged({
          type: "installation.changed",
          installationId: payload.installation.id,
        });
      },
    );
    probot.on("push", async ({ payload }) => {
      const repository = repositoryOf(payload as Parameters<typeof repositoryOf>[0]);
      const { ref } = payload;
      if (repository !== undefined && ref === `refs/heads/${payload.repository.default_branch}`)
        await inbox.pushed(repository);
    });
    probot.on("github_app_authorization.revoked", ({ payload }) =>
      inbox.authorizationRevoked({ githubId: payload.sender.id }),
    );
    probot.on(
      [
        "marketplace_purchase.purchased",
        "marketplace_purchase.changed",
        "marketplace_purchase.pending_change",
        "marketplace_purchase.pending_change_cancelled",
        "marketplace_purchase.cancelled",
      ],
      ({ payload }) => inbox.purchaseChanged({ githubId: payload.marketplace_purchase.account.id }),
    );
    probot.on(
      ["workflow_job.queued", "workflow_job.in_progress", "workflow_job.completed"],
      async ({ payload }) => {
        const repository = repositoryOf(payload);
        const { id, run_id: runId, labels, runner_name: runnerName } = payload.workflow_job;
        if (repository === undefined) return;
        const job = { jobId: id, runId, labels, status: payload.action, runnerName: runnerName ?? undefined };
        await inbox.jobChanged({ repository, ...job });
      },
    );
    probot.on("workflow_run.completed", async ({ payload }) => {
      const repository = repositoryOf(payload);
      if (repository === undefined) return;
      await inbox.runEnded({
        repository,
        runId: payload.workflow_run.id,
        conclusion: payload.workflow_run.conclusion ?? "unknown",
        by: payload.sender?.type === "User" ? payload.sender.login : undefined,
      });
    });
  };
}
