import type { RepositoryId, TaskId, TenantId } from "@aicd/core";
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { type Task, tasks } from "../schema/tasks.ts";

const unasked = (
  sinceMs: number,
) => sql`(${tasks.state} = 'PR_OPEN' AND ${tasks.pullRequestNumber} IS NOT NULL
  AND coalesce(${tasks.pullRequestAskedAt}, ${tasks.stateAt}) < now() - ${sinceMs} * interval '1 ms')`;

/**
 * Tasks whose pull request is open as far as is known, and nobody looked for so long; the longest first, 100 at most.
 * System work, for the sweep.
 */
export async function listUnaskedPullRequests(
  tx: SystemDb,
  sinceMs: number,
): Promise<{ tenantId: TenantId; id: TaskId }[]> {
  return tx.db
    .select({ tenantId: tasks.tenantId, id: tasks.id })
    .from(tasks)
    .where(unasked(sinceMs))
    .orderBy(sql`coalesce(${tasks.pullRequestAskedAt}, ${tasks.stateAt})`)
    .limit(100);
}

/** Notes that GitHub is asked about a task's pull request now; false: somebody else asks, or it has ended. */
export async function notePullRequestAsked(tx: TenantTx, id: TaskId, sinceMs: number): Promise<boolean> {
  const asked = await tx.db
    .update(tasks)
    .set({ pullRequestAskedAt: sql`now()` })
    .where(and(eq(tasks.tenantId, tx.scope.tenantId), eq(tasks.id, id), unasked(sinceMs)))
    .returning({ id: tasks.id });
  return asked.length > 0;
}

/** The newest task whose pull request is open, or being published, from that branch of the repository. */
export async function findTaskOfBranch(
  tx: TenantTx,
  input: { repositoryId: RepositoryId; branch: string },
): Promise<Task | undefined> {
  const [task] = await tx.db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.tenantId, tx.scope.tenantId),
        eq(tasks.repositoryId, input.repositoryId),
        eq(tasks.branch, input.branch),
        // Any push to any branch is asked about: of the repository's finished tasks none is read.
        inArray(tasks.state, ["PR_OPEN", "PUBLISHING"]),
      ),
    )
    .orderBy(desc(tasks.createdAt))
    .limit(1);
  return task;
}
