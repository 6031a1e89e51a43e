import type { MintId, TaskId } from "@aicd/core";
import { and, asc, eq, gt } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type EventRow, events } from "../schema/records.ts";

/** Appends a fact. Events observe; nothing decides by reading them. */
export async function appendEvent(
  tx: TenantTx,
  mint: MintId,
  input: { taskId: TaskId; type: string; body?: Record<string, unknown> },
): Promise<void> {
  await tx.db.insert(events).values({
    tenantId: tx.scope.tenantId,
    id: mint("event"),
    taskId: input.taskId,
    type: input.type,
    body: input.body ?? {},
  });
}

/** Oldest first, after the given event id. */
export async function listEvents(
  tx: TenantTx,
  input: { taskId: TaskId; after?: string; limit: number },
): Promise<EventRow[]> {
  return tx.db
    .select()
    .from(events)
    .where(
      and(
        eq(events.tenantId, tx.scope.tenantId),
        eq(events.taskId, input.taskId),
        gt(events.id, (input.after ?? "") as EventRow["id"]),
      ),
    )
    .orderBy(asc(events.id))
    .limit(input.limit);
}
