import { join } from "node:path";
import type { IndexScope, TenantId } from "@aicd/core";
import { checkScope, checkTenant } from "../scope.ts";

export function tenantDirectory(root: string, tenantId: TenantId): string {
  return join(root, checkTenant(tenantId));
}

export function repositoryDirectory(root: string, scope: IndexScope): string {
  const { tenantId, repositoryId } = checkScope(scope);
  return join(tenantDirectory(root, tenantId), repositoryId);
}
