import type { MintId, TaskId } from "@aicd/core";
import { and, desc, eq, notInArray } from "drizzle-orm";
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

/** The task's last facts but the runner's tool calls, oldest first. */
export async function listRecentEvents(
  tx: TenantTx,
  input: { taskId: TaskId; limit: number },
): Promise<EventRow[]> {
  const rows = await tx.db
    .select()
    .from(events)
    .where(
      and(
        eq(events.tenantId, tx.scope.tenantId),
        eq(events.taskId, input.taskId),
        notInArray(events.type, ["tool.used", "model.used"]),
      ),
    )
    .orderBy(desc(events.id))
    .limit(input.limit);
  return rows.reverse();
}
