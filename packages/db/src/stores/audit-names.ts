import type { TenantTx } from "../database.ts";

/** What an id of the tenant's is called by people: `address` is a URL, to be shown without its secret parts. */
export type AuditName = { id: string; name: string; kind: "address" | "name" };

/**
 * Names of the tasks, repositories, keys, members and webhook endpoints among some ids, as they are now. What is
 * gone, or hidden from the transaction's viewer, is not among them.
 */
export async function nameAuditTargets(tx: TenantTx, ids: string[]): Promise<AuditName[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<AuditName>(
    `SELECT t.id, r.owner || '/' || r.name || '#' || t.issue_number AS name, 'name' AS kind
     FROM tasks t JOIN repositories r ON r.tenant_id = t.tenant_id AND r.id = t.repository_id
     WHERE t.tenant_id = $1 AND t.id = ANY ($2)
     UNION ALL SELECT id, owner || '/' || name, 'name' FROM repositories WHERE tenant_id = $1 AND id = ANY ($2)
     UNION ALL SELECT id, name, 'name' FROM api_keys WHERE tenant_id = $1 AND id = ANY ($2)
     UNION ALL SELECT user_id, login, 'name' FROM memberships WHERE tenant_id = $1 AND user_id = ANY ($2)
     UNION ALL SELECT id, url, 'address' FROM webhook_endpoints WHERE tenant_id = $1 AND id = ANY ($2)`,
    [tx.scope.tenantId, ids],
  );
  return rows;
}
