import { LIMITS, type TaskState, type TenantId } from "@aicd/core";
import {
  findLatestAttempt,
  findLiveAttempt,
  findServerPause,
  findTask,
  listAbandonedCalls,
  listAgedTasks,
  listAttemptsUnderWay,
  listOverdueAttempts,
  listStrandedTasks,
  listUnaskedPullRequests,
  listUnrenderedTasks,
  noteAsked,
  notePullRequestAsked,
  settle,
} from "@aicd/db";
import { excuse } from "../billing/excuse.ts";
import type { Deps } from "../deps.ts";
import { move } from "../tasks/move.ts";
import { takeBack } from "../tasks/pauses/server-pause.ts";
import { stopAttempt } from "../tasks/stop-attempt.ts";

const DAY_MS = 24 * 60 * 60_000;
const WORKING: TaskState[] = ["QUEUED", "PLANNING", "CODING", "REVIEWING", "PUBLISHING"];

/**
 * Ends what would otherwise hang: runners that fell silent, tasks without a next step, states that
 * grew too old, money held for calls of servers that died, pull requests whose end was missed.
 * Safe to run in any number of processes: every step is a conditional update.
 */
export async function sweep(deps: Deps): Promise<void> {
  await takeBackWork(deps);
  await askOverdue(deps);
  await resumeStranded(deps);
  await showUnrendered(deps);
  await endAged(deps);
  await askPullRequests(deps);
  await settleAbandoned(deps);
}

/** One row that cannot be handled must not keep the others waiting. */
async function forEach<T extends { tenantId: TenantId; id: string }>(
  deps: Deps,
  rows: T[],
  work: (row: T) => Promise<void>,
): Promise<void> {
  for (const row of rows) {
    try {
      await work(row);
    } catch (err) {
      deps.log.warn({ err, tenantId: row.tenantId, id: row.id }, "sweep could not handle a row");
    }
  }
}

/** A pause that is at once leaves nobody at work, however lately somebody came to it. */
async function takeBackWork(deps: Deps): Promise<void> {
  const pause = await findServerPause(deps.db.system);
  if (pause?.atOnce !== true) return;
  await forEach(deps, await listAttemptsUnderWay(deps.db.system), ({ tenantId, id, taskId }) =>
    deps.db.withTenant({ tenantId }, (tx) => takeBack(deps, tx, { id, taskId })),
  );
}

async function showUnrendered(deps: Deps): Promise<void> {
  await forEach(deps, await listUnrenderedTasks(deps.db.system), async ({ tenantId, id }) => {
    await deps.db.withTenant({ tenantId }, (tx) =>
      deps.enqueue(tx, "update-thread", { tenantId, taskId: id }),
    );
  });
}

/** The server that made the call has died, and with it what it had counted. */
async function settleAbandoned(deps: Deps): Promise<void> {
  await forEach(deps, await listAbandonedCalls(deps.db.system), async ({ tenantId, id }) => {
    const booked = await deps.db.withTenant({ tenantId }, (tx) => settle(tx, id, "as held"));
    if (booked)
      deps.log.warn({ tenantId, usageId: id }, "a model call was booked as the most it can have cost");
  });
}

/** Before an attempt is given up, its run is looked at. */
async function askOverdue(deps: Deps): Promise<void> {
  await forEach(deps, await listOverdueAttempts(deps.db.system), async ({ tenantId, id }) => {
    await deps.db.withTenant({ tenantId }, async (tx) => {
      if (await noteAsked(tx, id)) await deps.enqueue(tx, "ask-run", { tenantId, attemptId: id });
    });
  });
}

/** The row that owed the next step is gone, or a runner ended without a last word. */
async function resumeStranded(deps: Deps): Promise<void> {
  await forEach(deps, await listStrandedTasks(deps.db.system), async ({ tenantId, id, state }) => {
    deps.log.warn({ tenantId, taskId: id, state }, "stranded task resumed");
    await deps.db.withTenant({ tenantId }, async (tx) => {
      if (state === "QUEUED") await deps.enqueue(tx, "start-attempt", { tenantId, taskId: id });
      else if (state === "PUBLISHING") await deps.enqueue(tx, "publish-changes", { tenantId, taskId: id });
      else {
        const set = {
          reason: "runner_lost" as const,
          detail: "The attempt ended without a result.",
          progress: null,
        };
        const moved = await move(deps, tx, { taskId: id, trigger: "attempt.failed", set, event: { state } });
        const last = await findLatestAttempt(tx, id);
        if (moved !== undefined && last !== undefined) await excuse(deps, tx, last, set.reason);
      }
    });
  });
}

/** The end of one that nobody told us of: a webhook older than three days GitHub does not send again. */
async function askPullRequests(deps: Deps): Promise<void> {
  await forEach(deps, await listUnaskedPullRequests(deps.db.system, DAY_MS), async ({ tenantId, id }) => {
    await deps.db.withTenant({ tenantId }, async (tx) => {
      if (await notePullRequestAsked(tx, id, DAY_MS))
        await deps.enqueue(tx, "ask-pull-request", { tenantId, taskId: id });
    });
  });
}

async function endAged(deps: Deps): Promise<void> {
  const aged = await listAgedTasks(deps.db.system, [
    ...WORKING.map((state) => ({ state, olderThanMs: LIMITS.activeStateMs })),
    { state: "AWAITING_APPROVAL" as const, olderThanMs: LIMITS.planExpiryMs },
    { state: "NEEDS_INPUT" as const, olderThanMs: LIMITS.waitingStateMs },
    { state: "BLOCKED" as const, olderThanMs: LIMITS.waitingStateMs },
  ]);
  await forEach(deps, aged, async ({ tenantId, id, state }) => {
    await deps.db.withTenant({ tenantId }, async (tx) => {
      const task = await findTask(tx, id);
      if (task?.state !== state) return;
      const trigger =
        state === "AWAITING_APPROVAL"
          ? ("plan.expired" as const)
          : state === "PUBLISHING"
            ? ("publishing.failed" as const)
            : WORKING.includes(state)
              ? ("attempt.failed" as const)
              : ("task.cancelled" as const);
      const moved = await move(deps, tx, {
        taskId: id,
        trigger,
        set: { reason: "state_timeout", detail: `The task stayed in ${state} for too long.`, progress: null },
        event: { state },
      });
      const live = await findLiveAttempt(tx, id);
      if (moved !== undefined && live !== undefined) await excuse(deps, tx, live, "state_timeout");
      await stopAttempt(deps, tx, id, "the task took too long");
    });
  });
}
