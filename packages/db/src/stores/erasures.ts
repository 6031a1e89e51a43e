import type { Id, IndexCount, MintId, TenantId } from "@aicd/core";
import { sql } from "drizzle-orm";
import type { SystemDb, SystemTx } from "../database.ts";

export type Erasure = {
  id: Id<"erasure">;
  tenantId: TenantId;
  login: string;
  exportPath: string | null;
};

/** What a table held of the tenant, and what is left of it. */
export type ErasureProof = {
  /** Set instead of tables: the App is installed again, nothing was deleted. */
  withdrawn?: true;
  tables?: Record<string, { deleted: number; left: number }>;
  /** Of the code index, with its vectors; and copies of repositories on the worker's disk. */
  index?: { deleted: IndexCount; left: IndexCount & { mirrors: number } };
  /** People who belong to no tenant any more. */
  people?: number;
};

/** Owes the deletion of a tenant, once. System work, as all of this file. */
export async function oweErasure(
  tx: SystemTx,
  mint: MintId,
  input: { tenantId: TenantId; afterHours: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO erasures (id, tenant_id, account_id, login, due_at)
     SELECT $1, id, account_id, login, now() + $3 * interval '1 hour' FROM tenants WHERE id = $2
     ON CONFLICT DO NOTHING`,
    [mint("erasure"), input.tenantId, input.afterHours],
  );
}

export async function listDueErasures(tx: SystemDb): Promise<Erasure[]> {
  const { rows } = await tx.db.execute<{
    id: Erasure["id"];
    tenant_id: TenantId;
    login: string;
    export_path: string | null;
  }>(sql`SELECT id, tenant_id, login, export_path FROM erasures
    WHERE finished_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT 20`);
  return rows.map(({ id, tenant_id: tenantId, login, export_path: exportPath }) => ({
    id,
    tenantId,
    login,
    exportPath,
  }));
}

/** Whether an installation lives again, which withdraws the erasure. */
export async function hasInstallation(tx: SystemDb, tenantId: TenantId): Promise<boolean> {
  const { rows } = await tx.db.execute(
    sql`SELECT FROM installations WHERE tenant_id = ${tenantId} AND state <> 'deleted' LIMIT 1`,
  );
  return rows.length > 0;
}

export async function noteExport(tx: SystemDb, id: Erasure["id"], path: string): Promise<void> {
  await tx.db.execute(sql`UPDATE erasures SET export_path = ${path} WHERE id = ${id}`);
}

export async function finishErasure(tx: SystemDb, id: Erasure["id"], proof: ErasureProof): Promise<void> {
  await tx.db.execute(
    sql`UPDATE erasures SET proof = ${JSON.stringify(proof)}::jsonb, finished_at = now() WHERE id = ${id}`,
  );
}

/**
 * A tenant's tables, from the catalogue, children before their parents: a table that is added later is
 * erased and exported without anybody thinking of it.
 */
export async function listTenantTables(tx: SystemDb): Promise<{ table: string; key: string }[]> {
  const { rows } = await tx.db.execute<{ name: string; parents: string[] }>(sql`
    SELECT c.relname AS name, coalesce(array_agg(p.relname::text) FILTER (WHERE p.oid IS NOT NULL), '{}') AS parents
    FROM pg_class c
    JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped
    LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid
    LEFT JOIN pg_class p ON p.oid = f.confrelid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'erasures'
    GROUP BY c.relname`);
  const parents = new Map(rows.map((row) => [row.name, row.parents]));
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name) || !parents.has(name)) return;
    for (const parent of parents.get(name) ?? []) visit(parent);
    ordered.push(name);
  };
  for (const name of [...parents.keys()].sort()) visit(name);
  const tables = ordered.reverse().map((table) => ({ table, key: "tenant_id" }));
  return [...tables, { table: "tenants", key: "id" }];
}

/** Serialises an account's installation with its erasure; not its row, which the eraser may not lock. */
export const ACCOUNT_LOCK = "pg_advisory_xact_lock(7221004, hashtext(account_id::text))";

/**
 * Deletes a tenant's rows, all or none, and counts what is left. For the eraser.
 * @returns undefined: the App is installed again, nothing was deleted
 */
export async function eraseRows(
  tx: SystemTx,
  tenantId: TenantId,
  tables: { table: string; key: string }[],
): Promise<ErasureProof["tables"]> {
  // Whoever installs the App again waits for this, or was before: nothing comes in between.
  await tx.query(`SELECT ${ACCOUNT_LOCK} FROM tenants WHERE id = $1`, [tenantId]);
  const { rows: living } = await tx.query(
    "SELECT FROM installations WHERE tenant_id = $1 AND state <> 'deleted' LIMIT 1",
    [tenantId],
  );
  if (living.length > 0) return undefined;
  const proof: NonNullable<ErasureProof["tables"]> = {};
  // Tokens have no tenant of their own, only their attempt's.
  const tokens = await tx.query(
    "DELETE FROM oidc_tokens o USING attempts a WHERE a.id = o.attempt_id AND a.tenant_id = $1",
    [tenantId],
  );
  proof.oidc_tokens = { deleted: tokens.rowCount ?? 0, left: 0 };
  for (const { table, key } of tables) {
    const { rowCount } = await tx.query(`DELETE FROM ${table} WHERE ${key} = $1`, [tenantId]);
    proof[table] = { deleted: rowCount ?? 0, left: 0 };
  }
  for (const { table, key } of tables) {
    const { rows } = await tx.query(`SELECT count(*)::int AS n FROM ${table} WHERE ${key} = $1`, [tenantId]);
    proof[table] = { deleted: proof[table]?.deleted ?? 0, left: rows[0].n };
  }
  return proof;
}

/** Deletes people who belong to no tenant any more and are not signed in. For the eraser. */
export async function eraseStrangers(tx: SystemTx): Promise<number> {
  const strangers = `SELECT u.id FROM users u
    WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id)
      AND NOT EXISTS (SELECT FROM sign_in_codes c WHERE c.user_id = u.id)
      AND u.updated_at < now() - interval '1 hour'`;
  await tx.query(`DELETE FROM sessions WHERE user_id IN (${strangers})`);
  const { rowCount } = await tx.query(`DELETE FROM users WHERE id IN (${strangers})`);
  return rowCount ?? 0;
}
