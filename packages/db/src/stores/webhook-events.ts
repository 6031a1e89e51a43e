import type { RepositoryId, TaskId, TenantId, WebhookEndpointId, WebhookEventId } from "@aicd/core";
import type { SystemTx, TenantTx } from "../database.ts";

/** What the events of one order are about: a task, the tenant itself, or an endpoint that is tested. */
export type WebhookSubject = TaskId | TenantId | WebhookEndpointId;
/** What waits for one another: the events of a subject, or one alone that is sent again. */
export type WebhookLane = WebhookSubject | WebhookEventId;

type Wanted = { sequence: number; endpoints: WebhookEndpointId[] };

/**
 * Who wants to hear of something, and its place among what happened to the subject. Whoever asks next for the same
 * subject waits for this transaction, so the order is that of the commits.
 * @param about.only the one endpoint it is for, whatever that asked for
 * @returns undefined: nobody wants it, and nothing was counted
 */
export async function countWebhookEvent(
  tx: TenantTx | SystemTx,
  tenantId: TenantId,
  about: {
    type: string;
    subject: WebhookSubject;
    repositoryId?: RepositoryId | undefined;
    only?: WebhookEndpointId | undefined;
  },
): Promise<Wanted | undefined> {
  const { rows } = await tx.query<Wanted>(
    `WITH wanted AS (
       SELECT id FROM webhook_endpoints
       WHERE tenant_id = $1 AND CASE WHEN $5::text IS NULL
         THEN state = 'enabled' AND (types = '{}' OR $2 = ANY (types)) AND (repositories IS NULL OR $4::text = ANY (repositories))
         ELSE id = $5 END
     ), counted AS (
       INSERT INTO webhook_subjects AS s (tenant_id, id, last_sequence)
       SELECT $1, $3, 1 WHERE EXISTS (SELECT FROM wanted)
       ON CONFLICT (tenant_id, id) DO UPDATE SET last_sequence = s.last_sequence + 1
       RETURNING last_sequence
     )
     SELECT last_sequence AS sequence, (SELECT array_agg(id) FROM wanted) AS endpoints FROM counted`,
    [tenantId, about.type, about.subject, about.repositoryId ?? null, about.only ?? null],
  );
  return rows[0];
}

/** Writes an event down for those who want it. */
export async function storeWebhookEvent(
  tx: TenantTx | SystemTx,
  tenantId: TenantId,
  event: Wanted & {
    id: WebhookEventId;
    type: string;
    subject: WebhookSubject;
    taskId?: TaskId | undefined;
    body: string;
    at: Date;
  },
): Promise<void> {
  const { id, type, subject, sequence, taskId = null, body, at, endpoints } = event;
  await tx.query(
    `WITH event AS (
       INSERT INTO webhook_events (tenant_id, id, type, subject, sequence, task_id, body, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     )
     INSERT INTO event_deliveries (tenant_id, endpoint_id, event_id, lane, sequence, state, due_at)
     SELECT $1, endpoint, $2, $4, $5, 'pending', $8 FROM unnest($9::text[]) endpoint`,
    [tenantId, id, type, subject, sequence, taskId, body, at, endpoints],
  );
}

/** Deletes events, and the log of their deliveries, that are older. For the eraser. */
export async function forgetWebhookEvents(tx: SystemTx, before: Date): Promise<void> {
  await tx.query("DELETE FROM webhook_events WHERE created_at < $1", [before]);
}
