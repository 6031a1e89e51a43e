import { LIMITS, type TaskState } from "@aicd/core";
import { findAttempt, findTask, listAgedTasks, listOverdueAttempts, listStrandedTasks } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { failAttempt } from "../tasks/end-attempt.ts";
import { move } from "../tasks/move.ts";
import { stopAttempt } from "../tasks/stop-attempt.ts";

const WORKING: TaskState[] = ["QUEUED", "PLANNING", "CODING", "REVIEWING", "PUBLISHING"];

/**
 * Ends what would otherwise hang: runners that fell silent, tasks without a next step, states that
 * grew too old. Safe to run in any number of processes: every step is a conditional update.
 */
export async function sweep(deps: Deps): Promise<void> {
  await endLostRunners(deps);
  await resumeStranded(deps);
  await endAged(deps);
}

async function endLostRunners(deps: Deps): Promise<void> {
  const overdue = await listOverdueAttempts(deps.db.system);
  for (const { tenantId, id, state } of overdue) {
    await deps.db.withTenant({ tenantId }, async (tx) => {
      const attempt = await findAttempt(tx, id);
      if (attempt === undefined) return;
      const lost = state === "leased";
      await failAttempt(deps, tx, {
        attempt,
        state: "lost",
        reason: lost ? "runner_lost" : "runner_never_started",
        detail: lost ? "No heartbeat arrived within the lease." : "No runner asked for the attempt in time.",
        onlyIfOverdue: true,
      });
    });
  }
}

/** QUEUED without an attempt, or PUBLISHING without a job: the row that owed the next step is gone. */
async function resumeStranded(deps: Deps): Promise<void> {
  const stranded = await listStrandedTasks(deps.db.system);
  for (const { tenantId, id, state } of stranded) {
    deps.log.warn({ tenantId, taskId: id, state }, "stranded task resumed");
    const job = state === "PUBLISHING" ? "publish-changes" : "start-attempt";
    await deps.db.withTenant({ tenantId }, (tx) => deps.enqueue(tx, job, { tenantId, taskId: id }));
  }
}

async function endAged(deps: Deps): Promise<void> {
  const aged = await listAgedTasks(deps.db.system, [
    ...WORKING.map((state) => ({ state, olderThanMs: LIMITS.activeStateMs })),
    { state: "AWAITING_APPROVAL" as const, olderThanMs: LIMITS.planExpiryMs },
    { state: "NEEDS_INPUT" as const, olderThanMs: LIMITS.waitingStateMs },
    { state: "BLOCKED" as const, olderThanMs: LIMITS.waitingStateMs },
  ]);
  for (const { tenantId, id, state } of aged) {
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
      await move(deps, tx, {
        taskId: id,
        trigger,
        set: { reason: "state_timeout", detail: `The task stayed in ${state} for too long.`, progress: null },
        event: { state },
      });
      await stopAttempt(tx, id, "the task took too long");
    });
  }
}
