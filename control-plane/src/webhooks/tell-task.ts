import type { TaskTrigger, WebhookEventType } from "@aicd/core";
import type { Task, TenantTx } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { repositoryOf } from "../facts.ts";
import { oweWebhook } from "./owe.ts";

type TaskEvent = Extract<WebhookEventType, `task.${string}`>;

/** Moves that the outside hears of; the others are steps in between. */
const EVENT_OF: Partial<Record<TaskTrigger, TaskEvent>> = {
  "plan.proposed": "task.plan_proposed",
  "plan.accepted": "task.approved",
  "plan.approved": "task.approved",
  "question.asked": "task.question_asked",
  "policy.blocked": "task.blocked",
  "pull_request.opened": "task.pull_request_opened",
  "checks.failed": "task.checks_failed",
  "pull_request.merged": "task.merged",
  "pull_request.closed": "task.closed",
  "attempt.failed": "task.failed",
  "publishing.failed": "task.failed",
  "task.cancelled": "task.cancelled",
  "plan.expired": "task.cancelled",
};

/** Owes endpoints what just happened to a task: that it was made, or how it moved. */
export async function tellTask(
  deps: Deps,
  tx: TenantTx,
  task: Task,
  happened: TaskTrigger | "task.created",
): Promise<void> {
  const type = happened === "task.created" ? happened : EVENT_OF[happened];
  if (type === undefined) return;
  const { id: taskId, repositoryId } = task;
  await oweWebhook(deps, tx, tx.scope.tenantId, {
    type,
    subject: taskId,
    taskId,
    repositoryId,
    data: async () => {
      const { owner, name } = await repositoryOf(tx, task);
      const { issueNumber, state, reason, detail, spentMicroUsd, pullRequestNumber } = task;
      const pullRequest =
        pullRequestNumber === null ? null : { number: pullRequestNumber, url: task.pullRequestUrl };
      const repository = { id: repositoryId, owner, name };
      const requestedBy = task.requestedBy.login;
      return {
        task: {
          ...{ id: taskId, repository, issueNumber, state, reason, detail, requestedBy },
          ...{ spentMicroUsd, pullRequest },
        },
      };
    },
  });
}
