import type { RepositoryId, TaskId, TenantId, WebhookEndpointId, WebhookEventType } from "@aicd/core";
import {
  countWebhookEvent,
  type DeliveryLane,
  type SystemTx,
  storeWebhookEvent,
  type TenantTx,
  type WebhookSubject,
} from "@aicd/db";
import type { Deps } from "../deps.ts";
import { type DataOf, OWNER, type Told } from "./events.ts";

type Happened<T extends WebhookEventType> = {
  type: T;
  subject: WebhookSubject;
  /** Made only where somebody wants to hear of it. */
  data: () => Promise<DataOf<T>>;
  taskId?: TaskId;
  repositoryId?: RepositoryId;
  /** For this endpoint alone. */
  only?: WebhookEndpointId;
};

type WebhookDeps = Pick<Deps, "mint" | "now" | "enqueue">;

/**
 * Owes an event to every endpoint that wants it, in the transaction of the fact: no event without the fact, and no
 * fact without its event.
 */
export async function oweWebhook<T extends WebhookEventType>(
  deps: WebhookDeps,
  tx: TenantTx | SystemTx,
  tenantId: TenantId,
  happened: Happened<T>,
): Promise<void> {
  const { type, subject, taskId } = happened;
  const wanted = await countWebhookEvent(tx, tenantId, happened);
  if (wanted === undefined) return;
  const id = deps.mint("webhookEvent");
  const at = new Date(deps.now());
  const { sequence, endpoints } = wanted;
  const data: DataOf<T> = await happened.data();
  const told: Told<T> = { type, timestamp: at.toISOString(), id, [OWNER]: tenantId, subject, sequence, data };
  const body = JSON.stringify(told);
  await storeWebhookEvent(tx, tenantId, { id, type, subject, taskId, body, at, ...wanted });
  await oweDelivery(
    deps,
    tx,
    tenantId,
    endpoints.map((endpointId) => ({ endpointId, lane: subject })),
  );
}

/** Owes the work of lanes in which something is due. */
export async function oweDelivery(
  deps: Pick<Deps, "enqueue">,
  tx: TenantTx | SystemTx,
  tenantId: TenantId,
  lanes: readonly DeliveryLane[],
): Promise<void> {
  for (const lane of lanes) await deps.enqueue(tx, "deliver-webhooks", { tenantId, ...lane });
}
