import type { TenantId } from "@aicd/core";
import { and, asc, eq, ne, notLike, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { type TenantSecret, tenantSecrets } from "../schema/identity.ts";
import type { Actor } from "../schema/tasks.ts";

/** A secret as it lies in the database: nobody reads it without the master key. */
export type SealedSecret = Pick<TenantSecret, "masterKey" | "wrappedKey" | "sealed">;

/** Stores or replaces a secret. */
export async function putSecret(
  tx: TenantTx,
  input: SealedSecret & { name: string; hint: string; updatedBy: Actor },
): Promise<{ created: boolean }> {
  const { name, ...now } = input;
  const [row] = await tx.db
    .insert(tenantSecrets)
    .values({ ...input, tenantId: tx.scope.tenantId })
    .onConflictDoUpdate({
      target: [tenantSecrets.tenantId, tenantSecrets.name],
      set: { ...now, updatedAt: sql`now()` },
    })
    .returning({ created: sql<boolean>`(xmax = 0)` });
  return { created: row?.created === true };
}

/** Those of webhook endpoints lie beside the ones that people set by name, and are no part of their lists. */
const OF_ENDPOINTS = "webhook:%";

/** What may be shown of the secrets: everything but them. */
export async function listSecrets(
  tx: TenantTx,
): Promise<Pick<TenantSecret, "name" | "hint" | "updatedBy" | "createdAt" | "updatedAt">[]> {
  const { name, hint, updatedBy, createdAt, updatedAt } = tenantSecrets;
  return tx.db
    .select({ name, hint, updatedBy, createdAt, updatedAt })
    .from(tenantSecrets)
    .where(and(eq(tenantSecrets.tenantId, tx.scope.tenantId), notLike(tenantSecrets.name, OF_ENDPOINTS)))
    .orderBy(asc(tenantSecrets.name));
}

export async function findSecret(tx: TenantTx, name: string): Promise<SealedSecret | undefined> {
  const { masterKey, wrappedKey, sealed } = tenantSecrets;
  const [row] = await tx.db
    .select({ masterKey, wrappedKey, sealed })
    .from(tenantSecrets)
    .where(and(eq(tenantSecrets.tenantId, tx.scope.tenantId), eq(tenantSecrets.name, name)));
  return row;
}

/** All secrets that people of the tenant set, in one reading. */
export async function listSealedSecrets(tx: TenantTx): Promise<(SealedSecret & { name: string })[]> {
  const { name, masterKey, wrappedKey, sealed } = tenantSecrets;
  return tx.db
    .select({ name, masterKey, wrappedKey, sealed })
    .from(tenantSecrets)
    .where(and(eq(tenantSecrets.tenantId, tx.scope.tenantId), notLike(tenantSecrets.name, OF_ENDPOINTS)));
}

export async function deleteSecret(tx: TenantTx, name: string): Promise<boolean> {
  const rows = await tx.db
    .delete(tenantSecrets)
    .where(and(eq(tenantSecrets.tenantId, tx.scope.tenantId), eq(tenantSecrets.name, name)))
    .returning({ name: tenantSecrets.name });
  return rows.length > 0;
}

/** Secrets whose data key is wrapped by another master key than the present one. System work. */
export async function listStaleSecrets(
  tx: SystemDb,
  masterKey: string,
): Promise<(SealedSecret & { tenantId: TenantId; name: string })[]> {
  return tx.db.select().from(tenantSecrets).where(ne(tenantSecrets.masterKey, masterKey)).limit(200);
}

/** Puts a data key under another master key; nothing happens when the secret was replaced meanwhile. */
export async function rewrapSecret(
  tx: TenantTx,
  input: { name: string; before: Buffer; masterKey: string; wrappedKey: Buffer },
): Promise<boolean> {
  const rows = await tx.db
    .update(tenantSecrets)
    .set({ masterKey: input.masterKey, wrappedKey: input.wrappedKey })
    .where(
      and(
        eq(tenantSecrets.tenantId, tx.scope.tenantId),
        eq(tenantSecrets.name, input.name),
        eq(tenantSecrets.wrappedKey, input.before),
      ),
    )
    .returning({ name: tenantSecrets.name });
  return rows.length > 0;
}
