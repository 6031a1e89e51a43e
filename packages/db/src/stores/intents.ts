import type { InstalledRepository, IntentId, MintId, RepositoryId, ThreadIntent } from "@aicd/core";
import { and, eq, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { intents } from "../schema/tenancy.ts";

export type IntentRow = typeof intents.$inferSelect;

/** Stores an intent once per key; undefined: the key is known, nothing is to be done. */
export async function storeIntent(
  tx: TenantTx,
  mint: MintId,
  input: { key: string; repositoryId: RepositoryId; repository: InstalledRepository; intent: ThreadIntent },
): Promise<IntentRow | undefined> {
  const [row] = await tx.db
    .insert(intents)
    .values({
      tenantId: tx.scope.tenantId,
      id: mint("intent"),
      key: input.key,
      repositoryId: input.repositoryId,
      body: { place: input.repository, intent: input.intent },
    })
    .onConflictDoNothing()
    .returning();
  return row;
}

/** What became of the intent, in a word. */
export async function noteOutcome(tx: TenantTx, id: IntentId, outcome: string): Promise<void> {
  await tx.db
    .update(intents)
    .set({ outcome, appliedAt: sql`now()` })
    .where(and(eq(intents.tenantId, tx.scope.tenantId), eq(intents.id, id)));
}

export async function findIntent(tx: TenantTx, id: IntentId): Promise<IntentRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(intents)
    .where(and(eq(intents.tenantId, tx.scope.tenantId), eq(intents.id, id)));
  return row;
}
