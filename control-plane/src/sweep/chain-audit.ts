import { chainAudit, listUnchainedTenants } from "@aicd/db";
import type { Deps } from "../deps.ts";

/** Links the audit entries that have become final, tenant by tenant. */
export async function chainAuditLogs(deps: Pick<Deps, "db" | "log">): Promise<void> {
  for (const tenantId of await listUnchainedTenants(deps.db.system)) {
    try {
      await deps.db.withSystem((tx) => chainAudit(tx, tenantId));
    } catch (err) {
      deps.log.warn({ err, tenantId }, "an audit chain did not grow");
    }
  }
}
