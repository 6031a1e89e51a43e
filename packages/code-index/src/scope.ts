import { AicdError, type IndexScope, parseId, type TenantId } from "@aicd/core";

/** Ids become names of directories and conditions of queries, so nothing but ids may pass. */
export function checkScope({ tenantId, repositoryId }: IndexScope): IndexScope {
  const repository = parseId("repository", repositoryId);
  if (repository === undefined) throw new AicdError("invalid", "This is no id of a repository.");
  return { tenantId: checkTenant(tenantId), repositoryId: repository };
}

export function checkTenant(tenantId: string): TenantId {
  const tenant = parseId("tenant", tenantId);
  if (tenant === undefined) throw new AicdError("invalid", "This is no id of a tenant.");
  return tenant;
}
