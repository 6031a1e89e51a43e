import type { SystemDb, TenantTx } from "../database.ts";
import { listTenantTables } from "./erasures.ts";

/** Not data of theirs, or of no use outside: owed jobs, and answers kept for repeated requests. */
const LEFT_OUT = new Set(["outbox", "idempotency_keys"]);
/** Columns that must not leave, whoever asks. */
const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  api_keys: ["hash"],
  attempts: ["token_hash"],
  tenant_secrets: ["wrapped_key", "sealed", "master_key"],
  transcripts: ["wrapped_key", "sealed", "master_key"],
};
const BATCH = 200;

export type ExportedRow = { table: string; row: Record<string, unknown> };

/** Tables an export holds, parents first. */
export async function listExportTables(tx: SystemDb): Promise<{ table: string; key: string }[]> {
  const tables = await listTenantTables(tx);
  return tables.filter(({ table }) => !LEFT_OUT.has(table)).reverse();
}

/** Makes this transaction the tenant's only export; false: another one is being written. */
export async function claimExport(tx: TenantTx): Promise<boolean> {
  const { rows } = await tx.query<{ mine: boolean }>(
    "SELECT pg_try_advisory_xact_lock(7221005, hashtext($1)) AS mine",
    [tx.scope.tenantId],
  );
  return rows[0]?.mine === true;
}

/** Everything stored of a tenant, table by table, read as the tenant: row-level security bounds it. */
export async function* exportRows(
  tx: TenantTx,
  tables: readonly { table: string; key: string }[],
): AsyncGenerator<ExportedRow[]> {
  for (const { table } of tables) {
    const hidden = HIDDEN[table] ?? [];
    const row = hidden.reduce((json, column) => `${json} - '${column}'`, "to_jsonb(t)");
    await tx.query(`DECLARE export_rows NO SCROLL CURSOR FOR SELECT ${row} AS row FROM ${table} t`);
    for (;;) {
      const { rows } = await tx.query<{ row: Record<string, unknown> }>(`FETCH ${BATCH} FROM export_rows`);
      if (rows.length > 0) yield rows.map((each) => ({ table, row: each.row }));
      if (rows.length < BATCH) break;
    }
    await tx.query("CLOSE export_rows");
  }
}
