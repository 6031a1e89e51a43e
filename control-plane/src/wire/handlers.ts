import type { TaskId } from "@aicd/core";
import { findLiveAttempt } from "@aicd/db";
import { onBehalfOf, refusalOf } from "@aicd/github";
import type { Probot } from "probot";
import { syncMarketplace } from "../billing/sync-marketplace.ts";
import { syncStripe } from "../billing/sync-stripe.ts";
import { giveUpReview, reviewChange } from "../critic/review-change.ts";
import type { Deps } from "../deps.ts";
import { scopeOf } from "../facts.ts";
import type { Indexing } from "../indexing/work.ts";
import { onboardRepository } from "../installations/onboard.ts";
import { syncInstallation } from "../installations/sync.ts";
import { receiveDelivery } from "../intake/receive-delivery.ts";
import type { Jobs } from "../jobs/catalog.ts";
import type { DeadHandlers, Handlers, JobContext } from "../outbox/catalog.ts";
import { examineRepository } from "../setup/examine.ts";
import { cancelRun } from "../tasks/cancel-run.ts";
import { judgeChecks } from "../tasks/ci/judge-checks.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { askPullRequest } from "../tasks/fate/ask-pull-request.ts";
import { askRun } from "../tasks/fate/ask-run.ts";
import { move } from "../tasks/move.ts";
import { pauseTenant } from "../tasks/pauses/pause-tenant.ts";
import { publishChanges } from "../tasks/publish-changes.ts";
import { startAttempt } from "../tasks/start-attempt.ts";
import { updateCheck } from "../thread/check/update-check.ts";
import { postComment } from "../thread/post-comment.ts";
import { react, settleRequest } from "../thread/react.ts";
import { updateThread } from "../thread/update-thread.ts";
import { deliverWebhooks } from "../webhooks/deliver.ts";

export function createHandlers(deps: Deps & { probot: Probot; indexing: Indexing }): Handlers<Jobs> {
  const handlers: Handlers<Jobs> = {
    "receive-delivery": (payload) => receiveDelivery(deps, payload),
    "sync-installation": (payload) => syncInstallation(deps, payload),
    "onboard-repository": (payload) => onboardRepository(deps, payload),
    "examine-repository": (payload) => examineRepository(deps, payload),
    "index-repository": async () => deps.indexing.poke(),
    "pause-tenant": (payload) => pauseTenant(deps, payload),
    "sync-marketplace": async (payload) => {
      if (deps.billing !== undefined) await syncMarketplace({ ...deps, billing: deps.billing }, payload);
    },
    "sync-stripe": async (payload) => {
      if (deps.billing !== undefined) await syncStripe({ ...deps, billing: deps.billing }, payload);
    },
    "start-attempt": (payload) => startAttempt(deps, payload),
    "ask-run": (payload) => askRun(deps, payload),
    "ask-pull-request": (payload) => askPullRequest(deps, payload),
    "cancel-run": (payload) => cancelRun(deps, payload),
    "publish-changes": (payload) => publishChanges(deps, payload),
    "judge-checks": (payload) => judgeChecks(deps, payload),
    "review-change": (payload, { signal }) => reviewChange(deps, payload, signal),
    "update-check": (payload) => updateCheck(deps, payload),
    "update-thread": (payload) => updateThread(deps, payload),
    "settle-request": (payload) => settleRequest(deps, payload),
    "post-comment": (payload) => postComment(deps, payload),
    "deliver-webhooks": (payload, context) => deliverWebhooks(deps, payload, context),
    react: (payload) => react(deps, payload),
  };
  // Whatever a job asks of GitHub ends with the job, and waits for its turn where it does not hold others up.
  return Object.fromEntries(
    Object.entries<Handlers<Jobs>[keyof Jobs]>(handlers).map(([name, handle]) => [
      name,
      (payload: never, context: JobContext) =>
        onBehalfOf(context, () => handle(payload, context)).catch((error: unknown) => {
          throw judged(error);
        }),
    ]),
  ) as unknown as Handlers<Jobs>;
}

/** GitHub's permanent "no" ends a job at once and in its words; what may pass is tried again. */
function judged(error: unknown): unknown {
  if (error instanceof AggregateError) return new AggregateError(error.errors.map(judged), error.message);
  return refusalOf(error) ?? error;
}

const SILENT = "GitHub could not be reached, or did not take it, for hours.";

/** Jobs whose end must be told: a task never just stops. */
export function createDeadHandlers(deps: Deps): DeadHandlers<Jobs> {
  return {
    "start-attempt": ({ tenantId, taskId }, { words }) =>
      deps.db.withTenant(scopeOf({ tenantId }), async (tx) => {
        const attempt = await findLiveAttempt(tx, taskId as TaskId);
        const reason = words === undefined ? ("internal_error" as const) : ("dispatch_refused" as const);
        const detail = words ?? `${SILENT} The operator's log says more.`;
        if (attempt !== undefined) {
          await failAttempt(deps, tx, { attempt, state: "failed", reason, detail });
          return;
        }
        await move(deps, tx, {
          taskId: taskId as TaskId,
          trigger: "attempt.failed",
          set: { reason, detail },
          event: { reason, detail },
        });
      }),
    "review-change": (payload, { words }) => giveUpReview(deps, payload, words),
    "publish-changes": ({ tenantId, taskId }, { words = SILENT }) =>
      deps.db.withTenant(scopeOf({ tenantId }), async (tx) => {
        await move(deps, tx, {
          taskId: taskId as TaskId,
          trigger: "publishing.failed",
          set: { reason: "publishing_failed", detail: words },
          event: { detail: words },
        });
      }),
  };
}
