import type { MintId, WebhookEndpointId } from "@aicd/core";
import { and, asc, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { type WebhookEndpoint, webhookEndpoints } from "../schema/webhooks.ts";

type NewEndpoint = Pick<
  WebhookEndpoint,
  "url" | "description" | "types" | "repositories" | "createdBy" | "createdAt"
>;

/**
 * One at a time, so that two of them do not pass the cap together.
 * @returns undefined: the tenant has `most` of them already
 */
export async function storeWebhookEndpoint(
  tx: TenantTx,
  mint: MintId,
  { most, ...input }: NewEndpoint & { most: number },
): Promise<WebhookEndpoint | undefined> {
  const { tenantId } = tx.scope;
  await tx.query("SELECT pg_advisory_xact_lock(7221006, hashtext($1))", [tenantId]);
  const [counted] = await tx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.tenantId, tenantId));
  if ((counted?.count ?? 0) >= most) return undefined;
  const [row] = await tx.db
    .insert(webhookEndpoints)
    .values({ ...input, tenantId, id: mint("webhookEndpoint"), state: "enabled" })
    .returning();
  return row;
}

/** All of the tenant, oldest first. */
export async function listWebhookEndpoints(tx: TenantTx): Promise<WebhookEndpoint[]> {
  return tx.db
    .select()
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.tenantId, tx.scope.tenantId))
    .orderBy(asc(webhookEndpoints.id));
}

export async function findWebhookEndpoint(
  tx: TenantTx,
  id: WebhookEndpointId,
  lock?: "no key update",
): Promise<WebhookEndpoint | undefined> {
  const query = tx.db.select().from(webhookEndpoints).where(own(tx, id));
  const [row] = await (lock === undefined ? query : query.for("no key update"));
  return row;
}

type Changing =
  | "url"
  | "description"
  | "types"
  | "repositories"
  | "state"
  | "disabledReason"
  | "previousUntil";
type Change = { [K in Changing]?: WebhookEndpoint[K] | undefined };

/** @returns undefined: there is no such endpoint */
export async function setWebhookEndpoint(
  tx: TenantTx,
  id: WebhookEndpointId,
  change: Change,
): Promise<WebhookEndpoint | undefined> {
  const [row] = await tx.db.update(webhookEndpoints).set(change).where(own(tx, id)).returning();
  return row;
}

/** Its log goes with it. */
export async function deleteWebhookEndpoint(tx: TenantTx, id: WebhookEndpointId): Promise<boolean> {
  const rows = await tx.db.delete(webhookEndpoints).where(own(tx, id)).returning({ id: webhookEndpoints.id });
  return rows.length > 0;
}

function own(tx: TenantTx, id: WebhookEndpointId) {
  return and(eq(webhookEndpoints.tenantId, tx.scope.tenantId), eq(webhookEndpoints.id, id));
}
