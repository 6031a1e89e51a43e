import { TenantSettings } from "@aicd/core";
import { eq, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { tenantSettings } from "../schema/tenancy.ts";

/**
 * What the tenant set; the defaults of what it did not. What a newer release stored is read as far as it fits.
 * @param lock keeps others from changing it until the transaction ends
 */
export async function findSettings(tx: TenantTx, lock?: "for update"): Promise<TenantSettings> {
  const { tenantId } = tx.scope;
  if (lock !== undefined) {
    // There must be a row to lock.
    await tx.db.insert(tenantSettings).values({ tenantId, body: {} }).onConflictDoNothing();
  }
  const query = tx.db
    .select({ body: tenantSettings.body })
    .from(tenantSettings)
    .where(eq(tenantSettings.tenantId, tenantId));
  const [row] = await (lock === undefined ? query : query.for("update"));
  const known = Object.keys(TenantSettings.shape);
  const body = Object.fromEntries(Object.entries(row?.body ?? {}).filter(([name]) => known.includes(name)));
  return TenantSettings.parse(body);
}

export async function putSettings(tx: TenantTx, settings: TenantSettings): Promise<void> {
  const { tenantId } = tx.scope;
  await tx.db
    .insert(tenantSettings)
    .values({ tenantId, body: settings })
    .onConflictDoUpdate({
      target: tenantSettings.tenantId,
      set: {
        // What a newer release keeps beside it stays.
        body: sql`${tenantSettings.body} || excluded.body`,
        version: sql`${tenantSettings.version} + 1`,
        updatedAt: sql`now()`,
      },
    });
}
