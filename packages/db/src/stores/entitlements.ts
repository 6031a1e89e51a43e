import { type Entitled, entitle, type SalesPlans, type Seller, type Sold, type TenantId } from "@aicd/core";
import { and, eq, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { type EntitlementRow, entitlements, type SubscriptionRow, subscriptions } from "../schema/billing.ts";

export async function findSubscriptions(tx: TenantTx): Promise<SubscriptionRow[]> {
  return tx.db.select().from(subscriptions).where(eq(subscriptions.tenantId, tx.scope.tenantId));
}

/** What a seller says now; the later of two writers has asked later, for they write one after the other. */
export async function putSubscription(
  tx: TenantTx,
  said: Omit<SubscriptionRow, "tenantId" | "updatedAt">,
): Promise<void> {
  await tx.db
    .insert(subscriptions)
    .values({ ...said, tenantId: tx.scope.tenantId })
    .onConflictDoUpdate({
      target: [subscriptions.tenantId, subscriptions.seller],
      set: { ...said, updatedAt: sql`now()` },
    });
}

/** Whose customer this is; undefined: nobody's any more. */
export async function tenantOfCustomer(
  { db }: SystemDb,
  seller: Seller,
  customerId: string,
): Promise<TenantId | undefined> {
  const [row] = await db
    .select({ tenantId: subscriptions.tenantId })
    .from(subscriptions)
    .where(and(eq(subscriptions.seller, seller), eq(subscriptions.customerId, customerId)));
  return row?.tenantId;
}

/** Everybody who was sold something by a seller. System work, for reconciling. */
export async function listCustomers({ db }: SystemDb, seller: Seller): Promise<SubscriptionRow[]> {
  return db.select().from(subscriptions).where(eq(subscriptions.seller, seller));
}

export async function findEntitlement(tx: TenantTx): Promise<EntitlementRow | undefined> {
  const [row] = await tx.db.select().from(entitlements).where(eq(entitlements.tenantId, tx.scope.tenantId));
  return row;
}

/**
 * Makes the entitlement what the sellers say now, and begins to count anew when a period begins. Runs wherever it
 * may have changed, and before work starts; one after the other for a tenant.
 */
export async function refreshEntitlement(
  tx: TenantTx,
  plans: SalesPlans,
  now: number,
): Promise<EntitlementRow> {
  const { tenantId } = tx.scope;
  await tx.query("SELECT pg_advisory_xact_lock(hashtext('entitlement:' || $1))", [tenantId]);
  const sold = (await findSubscriptions(tx)).map(toSold);
  const next = toRow(entitle(plans, sold, now));
  const [row] = await tx.db
    .insert(entitlements)
    .values({ tenantId, ...next })
    .onConflictDoUpdate({
      target: entitlements.tenantId,
      set: {
        ...next,
        usedMicroUsd: sql`CASE WHEN ${entitlements.periodStart} = excluded.period_start
          AND ${entitlements.seller} = excluded.seller THEN ${entitlements.usedMicroUsd} ELSE 0 END`,
        updatedAt: sql`now()`,
      },
    })
    .returning();
  if (row === undefined) throw new Error("an entitlement was not written");
  return row;
}

function toSold(row: SubscriptionRow): Sold {
  return {
    ...row,
    periodStart: row.periodStart.getTime(),
    periodEnd: row.periodEnd.getTime(),
    pastDueSince: row.pastDueSince?.getTime() ?? null,
  };
}

function toRow({ periodStart, periodEnd, graceUntil, ...rest }: Entitled) {
  return {
    ...rest,
    periodStart: new Date(periodStart),
    periodEnd: new Date(periodEnd),
    graceUntil: graceUntil === null ? null : new Date(graceUntil),
  };
}
