import { type IndexReport, type IndexScope, LIMITS, type RepositoryId } from "@aicd/core";
import { and, eq, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { type CodeIndexRow, codeIndexes } from "../schema/index-state.ts";

/** Work on one index, held under an epoch; `drop`: the repository left, its index goes. */
export type IndexClaim = IndexScope & { epoch: number; tries: number; drop: boolean };

/** What runs already runs once more afterwards; what waits goes on waiting where it stands. */
const ONCE_MORE = {
  state: sql`CASE WHEN ${codeIndexes.state} IN ('indexing', 'dropping') THEN ${codeIndexes.state} ELSE 'queued' END`,
  again: sql`${codeIndexes.state} IN ('indexing', 'dropping')`,
  requestedAt: sql`CASE WHEN ${codeIndexes.state} = 'queued' THEN ${codeIndexes.requestedAt} ELSE now() END`,
  notBefore: sql`now()`,
  tries: 0,
};

/** Wants the repository indexed as it is now. */
export async function requestIndex(tx: TenantTx, repositoryId: RepositoryId): Promise<void> {
  await tx.db
    .insert(codeIndexes)
    .values({ tenantId: tx.scope.tenantId, repositoryId, state: "queued" })
    .onConflictDoUpdate({ target: [codeIndexes.tenantId, codeIndexes.repositoryId], set: ONCE_MORE });
}

/** Wants it indexed if it never was. False: there is an index, or one is on its way. */
export async function requestFirstIndex(tx: TenantTx, repositoryId: RepositoryId): Promise<boolean> {
  const { rowCount } = await tx.db
    .insert(codeIndexes)
    .values({ tenantId: tx.scope.tenantId, repositoryId, state: "queued" })
    .onConflictDoNothing();
  return (rowCount ?? 0) > 0;
}

/** Its code changed. False: it is not indexed, so nothing is to be done. */
export async function refreshIndex(tx: TenantTx, repositoryId: RepositoryId): Promise<boolean> {
  return changed(tx, repositoryId, ONCE_MORE);
}

/** Wants the index gone: the repository left, or was switched off. False: there is none. */
export async function dropIndex(tx: TenantTx, repositoryId: RepositoryId): Promise<boolean> {
  // Whoever is at it loses its epoch, and with it the right to say what the index holds.
  const set = { state: "dropping" as const, again: false, notBefore: sql`now()`, leaseUntil: null, tries: 0 };
  return changed(tx, repositoryId, { ...set, epoch: sql`${codeIndexes.epoch} + 1` });
}

async function changed(
  tx: TenantTx,
  repositoryId: RepositoryId,
  set: Record<string, unknown>,
): Promise<boolean> {
  const { rowCount } = await tx.db
    .update(codeIndexes)
    .set(set)
    .where(and(eq(codeIndexes.tenantId, tx.scope.tenantId), eq(codeIndexes.repositoryId, repositoryId)));
  return (rowCount ?? 0) > 0;
}

export async function findIndex(tx: TenantTx, repositoryId: RepositoryId): Promise<CodeIndexRow | undefined> {
  const [row] = await tx.db
    .select()
    .from(codeIndexes)
    .where(and(eq(codeIndexes.tenantId, tx.scope.tenantId), eq(codeIndexes.repositoryId, repositoryId)));
  return row;
}

/**
 * The next piece of work, of the tenant that has least under way, the longest waiting first. System
 * work: a worker looks across tenants, and touches only what it is given here.
 */
export async function claimIndex(db: SystemDb): Promise<IndexClaim | undefined> {
  const { rows } = await db.db.execute<{
    tenant_id: IndexScope["tenantId"];
    repository_id: RepositoryId;
    epoch: number;
    tries: number;
    drop: boolean;
  }>(sql`
    UPDATE code_indexes c SET state = CASE c.state WHEN 'dropping' THEN 'dropping' ELSE 'indexing' END,
      epoch = c.epoch + 1, tries = c.tries + 1, again = c.state = 'dropping' AND c.again,
      lease_until = now() + ${LIMITS.leaseMs} * interval '1 millisecond'
    FROM (
      SELECT d.tenant_id, d.repository_id FROM code_indexes d
      WHERE d.state IN ('queued', 'indexing', 'dropping') AND d.not_before <= now()
        AND (d.lease_until IS NULL OR d.lease_until < now())
      ORDER BY (SELECT count(*) FROM code_indexes o WHERE o.tenant_id = d.tenant_id AND o.lease_until >= now()),
        d.requested_at
      LIMIT 1 FOR UPDATE OF d SKIP LOCKED) next
    WHERE c.tenant_id = next.tenant_id AND c.repository_id = next.repository_id
    RETURNING c.tenant_id, c.repository_id, c.epoch, c.tries, c.state = 'dropping' AS drop`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { tenant_id: tenantId, repository_id: repositoryId, epoch, tries, drop } = row;
  return { tenantId, repositoryId, epoch, tries, drop };
}

/** False: another worker has it, or the repository is gone. */
export async function renewIndex(tx: TenantTx, claim: IndexClaim): Promise<boolean> {
  const leaseUntil = sql`now() + ${LIMITS.leaseMs} * interval '1 millisecond'`;
  return held(tx, claim, { leaseUntil });
}

/** The index holds that commit now. False: this worker no longer had it, and must not have written. */
export async function finishIndex(
  tx: TenantTx,
  claim: IndexClaim,
  { commit, tookMs, left: _, ...counts }: IndexReport & { tookMs: number },
): Promise<boolean> {
  return held(tx, claim, {
    state: sql`CASE WHEN ${codeIndexes.again} THEN 'queued' ELSE 'ready' END`,
    ...counts,
    again: false,
    leaseUntil: null,
    tries: 0,
    failure: null,
    commitSha: commit,
    tookMs,
    indexedAt: sql`now()`,
  });
}

/** What was there before goes on answering. Tried again after `retryMs`; null: not until somebody asks. */
export async function failIndex(
  tx: TenantTx,
  claim: IndexClaim,
  { failure, retryMs }: { failure: string | null; retryMs: number | null },
): Promise<boolean> {
  const waits = claim.drop ? "dropping" : "queued";
  return held(tx, claim, {
    state: retryMs === null ? sql`CASE WHEN ${codeIndexes.again} THEN 'queued' ELSE 'failed' END` : waits,
    again: claim.drop ? sql`${codeIndexes.again}` : false,
    leaseUntil: null,
    failure,
    notBefore: sql`now() + ${retryMs ?? 0} * interval '1 millisecond'`,
  });
}

/** The index is gone: the row too, unless it is wanted again meanwhile. For the system. */
export async function forgetIndex(db: SystemDb, claim: IndexClaim): Promise<void> {
  const mine = sql`tenant_id = ${claim.tenantId} AND repository_id = ${claim.repositoryId} AND epoch = ${claim.epoch}`;
  await db.db.execute(sql`DELETE FROM code_indexes WHERE ${mine} AND NOT again`);
  await db.db.execute(sql`UPDATE code_indexes SET state = 'queued', again = false, lease_until = NULL, tries = 0,
    commit_sha = NULL, files = NULL, passages = NULL, commits = NULL, bytes = NULL, indexed_at = NULL
    WHERE ${mine} AND again`);
}

/** Whether an index may lie about for the repository. For the system: a worker tidies its own disk. */
export async function isIndexed(db: SystemDb, scope: IndexScope): Promise<boolean> {
  const { rows } = await db.db.execute(
    sql`SELECT FROM code_indexes WHERE tenant_id = ${scope.tenantId} AND repository_id = ${scope.repositoryId}`,
  );
  return rows.length > 0;
}

async function held(tx: TenantTx, claim: IndexClaim, set: Record<string, unknown>): Promise<boolean> {
  const { rowCount } = await tx.db
    .update(codeIndexes)
    .set(set)
    .where(
      and(
        eq(codeIndexes.tenantId, tx.scope.tenantId),
        eq(codeIndexes.repositoryId, claim.repositoryId),
        eq(codeIndexes.epoch, claim.epoch),
      ),
    );
  return (rowCount ?? 0) > 0;
}
