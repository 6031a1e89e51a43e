import type { WebhookEndpointId, WebhookEventId } from "@aicd/core";
import type { TenantTx } from "../database.ts";
import type { WebhookLane, WebhookSubject } from "./webhook-events.ts";

/** Deliveries to one endpoint of which each waits for the one before, in the order of what happened. */
export type DeliveryLane = { endpointId: WebhookEndpointId; lane: WebhookLane };

/** A delivery that one worker has for a while; `tries` is the fence of what it writes about it. */
export type ClaimedDelivery = {
  eventId: WebhookEventId;
  tries: number;
  body: string;
  url: string;
  firstTriedAt: Date;
  previousUntil: Date | null;
  /** When the endpoint last took anything. */
  lastDeliveredAt: Date | null;
};

export type ClaimOutcome =
  | { kind: "claimed"; delivery: ClaimedDelivery }
  /** The first of them waits until then, or a worker has it, who may be dead; those behind it wait for it. */
  | { kind: "waits"; until: Date }
  /** All are through, or the endpoint is disabled or gone. */
  | { kind: "nothing" };

/** Takes the first delivery of a lane that is not through, if it is due and nobody has it. */
export async function claimDelivery(
  tx: TenantTx,
  { endpointId, lane, at, until }: DeliveryLane & { at: Date; until: Date },
): Promise<ClaimOutcome> {
  const place = [tx.scope.tenantId, endpointId, lane];
  // A test is for those that are disabled as well.
  const { rows: enabled } = await tx.query(
    "SELECT FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2 AND (state = 'enabled' OR id = $3)",
    place,
  );
  if (enabled.length === 0) return { kind: "nothing" };
  const { rows: heads } = await tx.query<{
    event_id: WebhookEventId;
    due_at: Date;
    claimed_until: Date | null;
  }>(
    `SELECT event_id, due_at, claimed_until FROM event_deliveries
     WHERE tenant_id = $1 AND endpoint_id = $2 AND lane = $3 AND state = 'pending'
     ORDER BY sequence LIMIT 1`,
    place,
  );
  const [head] = heads;
  if (head === undefined) return { kind: "nothing" };
  if (head.claimed_until !== null && head.claimed_until > at) {
    return { kind: "waits", until: head.claimed_until };
  }
  if (head.due_at > at) return { kind: "waits", until: head.due_at };
  const { rows } = await tx.query<ClaimedDelivery>(
    `UPDATE event_deliveries d SET tries = d.tries + 1, claimed_until = $5, last_tried_at = $4,
       first_tried_at = coalesce(d.first_tried_at, $4)
     FROM webhook_events v, webhook_endpoints e
     WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.event_id = $3 AND d.state = 'pending'
       AND d.due_at <= $4 AND (d.claimed_until IS NULL OR d.claimed_until <= $4)
       AND v.tenant_id = $1 AND v.id = d.event_id AND e.tenant_id = $1 AND e.id = d.endpoint_id
     RETURNING d.event_id AS "eventId", d.tries, v.body, e.url, d.first_tried_at AS "firstTriedAt",
       e.previous_until AS "previousUntil", e.last_delivered_at AS "lastDeliveredAt"`,
    [tx.scope.tenantId, endpointId, head.event_id, at, until],
  );
  const [delivery] = rows;
  // Of two that come at once, one gets it.
  return delivery === undefined ? { kind: "waits", until } : { kind: "claimed", delivery };
}

/** What came of a try. */
type Tried = {
  endpointId: WebhookEndpointId;
  eventId: WebhookEventId;
  tries: number;
  at: Date;
  status: number | null;
  answer: string | null;
};

/** @returns false: another worker has taken the delivery over meanwhile */
export async function noteDelivered(tx: TenantTx, tried: Tried): Promise<boolean> {
  const { rowCount } = await tx.query(
    `WITH done AS (
       UPDATE event_deliveries SET state = 'delivered', delivered_at = $5, claimed_until = NULL, status = $6,
         answer = $7, error = NULL
       WHERE tenant_id = $1 AND endpoint_id = $2 AND event_id = $3 AND tries = $4 AND state = 'pending'
       RETURNING endpoint_id
     )
     UPDATE webhook_endpoints e SET last_delivered_at = greatest(e.last_delivered_at, $5) FROM done
     WHERE e.tenant_id = $1 AND e.id = done.endpoint_id`,
    [tx.scope.tenantId, tried.endpointId, tried.eventId, tried.tries, tried.at, tried.status, tried.answer],
  );
  return rowCount === 1;
}

/**
 * @param tried.retryAt undefined: it is given up, and those behind it go on
 * @returns false: another worker has taken the delivery over meanwhile
 */
export async function noteUndelivered(
  tx: TenantTx,
  tried: Tried & { error: string; retryAt: Date | undefined },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE event_deliveries SET state = CASE WHEN $8::timestamptz IS NULL THEN 'failed' ELSE 'pending' END,
       due_at = coalesce($8, due_at), claimed_until = NULL, status = $5, answer = $6, error = $7
     WHERE tenant_id = $1 AND endpoint_id = $2 AND event_id = $3 AND tries = $4 AND state = 'pending'`,
    [
      ...[tx.scope.tenantId, tried.endpointId, tried.eventId, tried.tries],
      ...[tried.status, tried.answer, tried.error, tried.retryAt ?? null],
    ],
  );
  return rowCount === 1;
}

export type EventDelivery = {
  eventId: WebhookEventId;
  type: string;
  subject: WebhookSubject;
  sequence: number;
  state: "pending" | "delivered" | "failed";
  tries: number;
  createdAt: Date;
  dueAt: Date;
  lastTriedAt: Date | null;
  deliveredAt: Date | null;
  status: number | null;
  answer: string | null;
  error: string | null;
  body: string;
};

/** The log of an endpoint, newest first; without what the viewer may not see. */
export async function listEventDeliveries(
  tx: TenantTx,
  page: {
    endpointId: WebhookEndpointId;
    before?: WebhookEventId | undefined;
    /** This one alone. */
    only?: WebhookEventId;
    limit: number;
    state?: EventDelivery["state"] | undefined;
  },
): Promise<EventDelivery[]> {
  const { rows } = await tx.query<EventDelivery>(
    `SELECT d.event_id AS "eventId", v.type, v.subject, d.sequence, d.state, d.tries, v.created_at AS "createdAt",
       d.due_at AS "dueAt", d.last_tried_at AS "lastTriedAt", d.delivered_at AS "deliveredAt", d.status, d.answer,
       d.error, v.body
     FROM event_deliveries d JOIN webhook_events v ON v.tenant_id = d.tenant_id AND v.id = d.event_id
     WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND ($3::text IS NULL OR d.event_id < $3)
       AND ($5::text IS NULL OR d.state = $5) AND ($6::text IS NULL OR d.event_id = $6)
     ORDER BY d.event_id DESC LIMIT $4`,
    [
      ...[tx.scope.tenantId, page.endpointId, page.before ?? null, page.limit],
      ...[page.state ?? null, page.only ?? null],
    ],
  );
  return rows;
}

/**
 * Lets deliveries be tried anew at once: one that is through, in a lane of its own so that no newer one waits for it; or
 * all that still wait.
 * @returns the lanes in which something is due now
 */
export async function renewDeliveries(
  tx: TenantTx,
  { endpointId, eventId, at }: { endpointId: WebhookEndpointId; eventId?: WebhookEventId; at: Date },
): Promise<DeliveryLane[]> {
  const { rows } = await tx.query<{ lane: WebhookLane }>(
    `UPDATE event_deliveries SET state = 'pending', first_tried_at = NULL, claimed_until = NULL, due_at = $4,
       lane = coalesce($3, lane)
     WHERE tenant_id = $1 AND endpoint_id = $2
       AND CASE WHEN $3::text IS NULL THEN state = 'pending' ELSE event_id = $3 AND state <> 'pending' END
     RETURNING lane`,
    [tx.scope.tenantId, endpointId, eventId ?? null, at],
  );
  return [...new Set(rows.map(({ lane }) => lane))].map((lane) => ({ endpointId, lane }));
}
