import type { RepositoryId } from "@aicd/core";
import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { codeIndexes } from "../schema/index-state.ts";
import { installations, repositories } from "../schema/tenancy.ts";

const COLUMNS = {
  id: repositories.id,
  githubId: repositories.githubId,
  owner: repositories.owner,
  name: repositories.name,
  private: repositories.private,
  active: repositories.active,
  enabled: repositories.enabled,
  settings: repositories.settings,
  updatedAt: repositories.updatedAt,
  installationState: installations.state,
  /** Null: it was never indexed. */
  index: codeIndexes,
};

/** A page of the repositories the tenant's installations know, oldest first. */
export async function listRepositories(
  tx: TenantTx,
  input: { after: string | undefined; limit: number; enabled?: boolean | undefined },
) {
  return tx.db
    .select(COLUMNS)
    .from(repositories)
    .innerJoin(installations, ofRepository())
    .leftJoin(codeIndexes, indexOf())
    .where(
      and(
        eq(repositories.tenantId, tx.scope.tenantId),
        input.after === undefined ? undefined : gt(repositories.id, input.after as RepositoryId),
        input.enabled === undefined ? undefined : eq(repositories.enabled, input.enabled),
      ),
    )
    .orderBy(asc(repositories.id))
    .limit(input.limit);
}
export type RepositoryRow = Awaited<ReturnType<typeof listRepositories>>[number];

/** @param lock keeps others from changing it until the transaction ends */
export async function findRepositoryRow(
  tx: TenantTx,
  id: RepositoryId,
  lock?: "for update",
): Promise<RepositoryRow | undefined> {
  const query = tx.db
    .select(COLUMNS)
    .from(repositories)
    .innerJoin(installations, ofRepository())
    .leftJoin(codeIndexes, indexOf())
    .where(and(eq(repositories.tenantId, tx.scope.tenantId), eq(repositories.id, id)));
  const [row] = await (lock === undefined ? query : query.for("update", { of: repositories }));
  return row;
}

export async function setRepository(
  tx: TenantTx,
  id: RepositoryId,
  set: { enabled: boolean } | { settings: Record<string, unknown> },
): Promise<void> {
  const change =
    "settings" in set ? { ...set, settingsVersion: sql`${repositories.settingsVersion} + 1` } : set;
  await tx.db
    .update(repositories)
    .set({ ...change, updatedAt: sql`now()` })
    .where(and(eq(repositories.tenantId, tx.scope.tenantId), eq(repositories.id, id)));
}

function ofRepository() {
  return and(
    eq(installations.tenantId, repositories.tenantId),
    eq(installations.id, repositories.installationId),
  );
}

function indexOf() {
  return and(eq(codeIndexes.tenantId, repositories.tenantId), eq(codeIndexes.repositoryId, repositories.id));
}
