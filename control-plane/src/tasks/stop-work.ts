import type { RepositoryId, TenantId } from "@aicd/core";
import { listWorkingTasks } from "@aicd/db";
import type { Deps } from "../deps.ts";
import { move } from "./move.ts";
import { stopAttempt } from "./stop-attempt.ts";

/**
 * Ends what a tenant, or some of its repositories, has under way. Runners learn it with their next
 * heartbeat. Tasks that wait for a person are left: nothing runs for them.
 */
export async function stopWork(
  deps: Deps,
  tenantId: TenantId,
  reason: string,
  repositoryIds?: RepositoryId[],
): Promise<void> {
  await deps.db.withTenant({ tenantId }, async (tx) => {
    for (const task of await listWorkingTasks(tx, repositoryIds)) {
      const moved = await move(deps, tx, {
        taskId: task.id,
        trigger: "task.cancelled",
        set: { detail: reason, progress: null },
        event: { reason },
      });
      if (moved !== undefined) await stopAttempt(deps, tx, task.id, reason);
    }
  });
}
