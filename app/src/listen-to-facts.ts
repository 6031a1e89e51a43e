import type { Probot } from "probot";
import type { Inbox } from "./ports.ts";
import { repositoryOf } from "./translators/repository.ts";

/** What has happened on GitHub, whoever wanted it. */
export function listenToFacts(probot: Probot, inbox: Inbox): void {
  listenToAccounts(probot, inbox);
  listenToCode(probot, inbox);
  listenToActions(probot, inbox);
}

function listenToAccounts(probot: Probot, inbox: Inbox): void {
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
}

function listenToCode(probot: Probot, inbox: Inbox): void {
  probot.on("push", async ({ payload }) => {
    const repository = repositoryOf(payload as Parameters<typeof repositoryOf>[0]);
    const { ref } = payload;
    if (repository !== undefined && ref === `refs/heads/${payload.repository.default_branch}`)
      await inbox.pushed(repository);
  });
  probot.on("pull_request.synchronize", async ({ payload }) => {
    const repository = repositoryOf(payload);
    if (repository !== undefined) await inbox.headMoved({ repository, pullRequestNumber: payload.number });
  });
  probot.on("check_suite.completed", async ({ payload }) => {
    const repository = repositoryOf(payload);
    const { head_branch: branch, app } = payload.check_suite;
    if (repository === undefined || branch === null || app === null) return;
    await inbox.checksEnded({ repository, branch, app: app.slug ?? "" });
  });
}

function listenToActions(probot: Probot, inbox: Inbox): void {
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
}
