import type { TaskId } from "@aicd/core";
import { findLiveAttempt } from "@aicd/db";
import type { Probot } from "probot";
import type { Deps } from "../deps.ts";
import { scopeOf } from "../facts.ts";
import type { Indexing } from "../indexing/work.ts";
import { syncInstallation } from "../installations/sync.ts";
import { receiveDelivery } from "../intake/receive-delivery.ts";
import type { Jobs } from "../jobs/catalog.ts";
import type { DeadHandlers, Handlers } from "../outbox/catalog.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { move } from "../tasks/move.ts";
import { pauseOrganization } from "../tasks/pause-organization.ts";
import { publishChanges } from "../tasks/publish-changes.ts";
import { startAttempt } from "../tasks/start-attempt.ts";
import { postComment } from "../thread/post-comment.ts";
import { react, settleRequest } from "../thread/react.ts";
import { updateThread } from "../thread/update-thread.ts";

export function createHandlers(deps: Deps & { probot: Probot; indexing: Indexing }): Handlers<Jobs> {
  return {
    "receive-delivery": (payload) => receiveDelivery(deps, payload),
    "sync-installation": (payload) => syncInstallation(deps, payload),
    "index-repository": async () => deps.indexing.poke(),
    "pause-organization": (payload) => pauseOrganization(deps, payload),
    "start-attempt": (payload) => startAttempt(deps, payload),
    "publish-changes": (payload) => publishChanges(deps, payload),
    "update-thread": (payload) => updateThread(deps, payload),
    "settle-request": (payload) => settleRequest(deps, payload),
    "post-comment": (payload) => postComment(deps, payload),
    react: (payload) => react(deps, payload),
  };
}

/** Jobs whose end must be told: a task never just stops. */
export function createDeadHandlers(deps: Deps): DeadHandlers<Jobs> {
  return {
    "start-attempt": ({ tenantId, taskId }) =>
      deps.db.withTenant(scopeOf({ tenantId }), async (tx) => {
        const attempt = await findLiveAttempt(tx, taskId as TaskId);
        const detail =
          "GitHub could not be reached, or did not take it, for hours. The operator's log says more.";
        if (attempt !== undefined) {
          await failAttempt(deps, tx, { attempt, state: "failed", reason: "internal_error", detail });
          return;
        }
        const set = { reason: "internal_error" as const, detail };
        await move(deps, tx, { taskId: taskId as TaskId, trigger: "attempt.failed", set });
      }),
    "publish-changes": ({ tenantId, taskId }) =>
      deps.db.withTenant(scopeOf({ tenantId }), async (tx) => {
        await move(deps, tx, {
          taskId: taskId as TaskId,
          trigger: "publishing.failed",
          set: {
            reason: "publishing_failed",
            detail: "GitHub could not be reached, or did not take it, for hours.",
          },
        });
      }),
  };
}
