import { createHash } from "node:crypto";
import type { AuditAction, Id, MintId, TenantId } from "@aicd/core";
import { and, desc, eq, gt, lt, sql } from "drizzle-orm";
import type { SystemDb, SystemTx, TenantTx } from "../database.ts";
import { type AuditActor, type AuditEntry, auditChain, auditLog } from "../schema/audit.ts";

/**
 * Writes down who did what, in the transaction that does it. `detail` holds ids, hashes and names, never
 * contents or secrets.
 */
export async function appendAudit(
  tx: TenantTx,
  mint: MintId,
  input: { actor: AuditActor; action: AuditAction; target: string; detail?: Record<string, unknown> },
): Promise<void> {
  await tx.db.insert(auditLog).values({
    tenantId: tx.scope.tenantId,
    id: mint("audit"),
    actor: input.actor,
    action: input.action,
    target: input.target,
    detail: input.detail ?? {},
    xact: sql`pg_current_xact_id()`,
  });
}

export type AuditFilter = { action?: string | undefined; from?: Date | undefined; to?: Date | undefined };

/** Entries, newest first. */
export async function listAudit(
  tx: TenantTx,
  page: { limit: number; before?: Id<"audit"> | undefined } & AuditFilter,
): Promise<AuditEntry[]> {
  return tx.db
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.tenantId, tx.scope.tenantId),
        page.before === undefined ? undefined : lt(auditLog.id, page.before),
        page.action === undefined ? undefined : eq(auditLog.action, page.action),
        page.from === undefined ? undefined : sql`${auditLog.at} >= ${page.from}`,
        page.to === undefined ? undefined : sql`${auditLog.at} < ${page.to}`,
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit);
}

export type ChainedEntry = AuditEntry & { seq: number; hash: string };

/** The chain from its beginning, in its order; `after` a link of it. */
export async function readAuditChain(
  tx: TenantTx,
  page: { after: number; limit: number },
): Promise<ChainedEntry[]> {
  const rows = await tx.db
    .select({ entry: auditLog, seq: auditChain.seq, hash: auditChain.hash })
    .from(auditChain)
    .innerJoin(auditLog, and(eq(auditLog.tenantId, auditChain.tenantId), eq(auditLog.id, auditChain.entryId)))
    .where(and(eq(auditChain.tenantId, tx.scope.tenantId), gt(auditChain.seq, page.after)))
    .orderBy(auditChain.seq)
    .limit(page.limit);
  return rows.map(({ entry, seq, hash }) => ({ ...entry, seq, hash: hash.toString("hex") }));
}

/** A link: the hash before it and the entry, in a form that does not depend on key order. */
export function linkHash(previous: Buffer, entry: Omit<AuditEntry, "xact">): Buffer {
  const { tenantId, id, at, actor, action, target, detail } = entry;
  const text = JSON.stringify(sorted({ tenantId, id, at: at.toISOString(), actor, action, target, detail }));
  return createHash("sha256").update(previous).update(text).digest();
}

/** What the first entry is chained to. */
export const GENESIS: Buffer = Buffer.alloc(32);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** Tenants with entries that are not in their chain yet. System work. */
export async function listUnchainedTenants(tx: SystemDb): Promise<TenantId[]> {
  const { rows } = await tx.db.execute<{ tenant_id: TenantId }>(sql`
    SELECT t.id AS tenant_id FROM tenants t
    WHERE EXISTS (
      SELECT FROM audit_log l WHERE l.tenant_id = t.id AND (l.xact, l.id) > (
        SELECT c.xact, c.entry_id FROM audit_chain c WHERE c.tenant_id = t.id ORDER BY c.seq DESC LIMIT 1
      )
    ) OR (
      NOT EXISTS (SELECT FROM audit_chain c WHERE c.tenant_id = t.id)
      AND EXISTS (SELECT FROM audit_log l WHERE l.tenant_id = t.id)
    )
    LIMIT 500`);
  return rows.map((row) => row.tenant_id);
}

const CHAIN_BATCH = 500;

/**
 * Adds a tenant's final entries to its chain. Entries whose transaction may still have company in flight
 * wait: nothing can come to lie before what is chained. System work; two at once wait for each other.
 * @returns links added; call again while it is `CHAIN_BATCH`
 */
export async function chainAudit(tx: SystemTx, tenantId: TenantId): Promise<number> {
  await tx.query("SELECT pg_advisory_xact_lock(7221003, hashtext($1))", [tenantId]);
  const [last] = await tx.db
    .select()
    .from(auditChain)
    .where(eq(auditChain.tenantId, tenantId))
    .orderBy(desc(auditChain.seq))
    .limit(1);
  const later =
    last === undefined
      ? undefined
      : sql`(${auditLog.xact}, ${auditLog.id}) > (${last.xact}::xid8, ${last.entryId})`;
  const entries = await tx.db
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.tenantId, tenantId),
        later,
        sql`${auditLog.xact} < pg_snapshot_xmin(pg_current_snapshot())`,
      ),
    )
    .orderBy(auditLog.xact, auditLog.id)
    .limit(CHAIN_BATCH);
  if (entries.length === 0) return 0;
  let hash = last?.hash ?? GENESIS;
  let seq = last?.seq ?? 0;
  const links = entries.map((entry) => {
    hash = linkHash(hash, entry);
    seq += 1;
    return { tenantId, seq, entryId: entry.id, xact: entry.xact, hash };
  });
  await tx.db.insert(auditChain).values(links);
  return links.length;
}

/** Entries over a year old, and their links; the account of the system's roles as well. For the eraser; the rest of the chain still proves itself. */
export async function forgetAudit(tx: SystemTx): Promise<void> {
  await tx.query(`WITH old AS (
      DELETE FROM audit_log WHERE at < now() - interval '1 year' RETURNING tenant_id, id
    ) DELETE FROM audit_chain c USING old WHERE c.tenant_id = old.tenant_id AND c.entry_id = old.id`);
  await tx.query("DELETE FROM system_audit WHERE hour < now() - interval '1 year'");
}
