import type { MintId, RepositoryId, TenantId } from "@aicd/core";
import { and, eq, sql } from "drizzle-orm";
import type { SystemDb, SystemTx, TenantTx } from "../database.ts";
import { installations, repositories, tenants } from "../schema/tenancy.ts";
import { ACCOUNT_LOCK } from "./erasures.ts";

export type Repository = typeof repositories.$inferSelect & {
  installationGithubId: number;
  installationState: "active" | "suspended" | "deleted";
  accountId: number;
};

type Account = { id: number; login: string; kind: "Organization" | "User" };

/** Brings tenant and installation into the tables or up to date. System work: no tenant is known yet. */
export async function upsertInstallation(
  tx: SystemTx,
  mint: MintId,
  input: {
    githubId: number;
    account: Account;
    state: "active" | "suspended" | "deleted";
    permissions?: Record<string, string>;
    selection?: "all" | "selected";
  },
): Promise<{ tenantId: TenantId }> {
  await tx.query(`SELECT ${ACCOUNT_LOCK} FROM (SELECT $1::bigint AS account_id) account`, [input.account.id]);
  const [tenant] = await tx.db
    .insert(tenants)
    .values({
      id: mint("tenant"),
      accountId: input.account.id,
      login: input.account.login,
      kind: input.account.kind,
    })
    .onConflictDoUpdate({ target: tenants.accountId, set: { login: input.account.login } })
    .returning({ id: tenants.id });
  if (tenant === undefined) throw new Error("a tenant was not stored");
  const { githubId, state, permissions, selection } = input;
  const now = {
    state,
    ...(permissions === undefined ? {} : { permissions }),
    ...(selection === undefined ? {} : { selection }),
  };
  await tx.db
    .insert(installations)
    .values({ tenantId: tenant.id, id: mint("installation"), githubId, ...now })
    .onConflictDoUpdate({ target: installations.githubId, set: { ...now, updatedAt: sql`now()` } });
  return { tenantId: tenant.id };
}

/** The tenant of an installation, with its state; undefined: never heard of. */
export async function locateInstallation(
  tx: SystemDb,
  githubId: number,
): Promise<{ tenantId: TenantId; state: "active" | "suspended" | "deleted" } | undefined> {
  const [row] = await tx.db
    .select({ tenantId: installations.tenantId, state: installations.state })
    .from(installations)
    .where(eq(installations.githubId, githubId));
  return row;
}

/**
 * Brings a repository into the tables or up to date with its present name. Writes only what is new: an
 * update for nothing would make all deliveries of the repository wait for each other.
 */
export async function upsertRepository(
  tx: TenantTx,
  mint: MintId,
  input: { installationGithubId: number; githubId: number; owner: string; name: string },
): Promise<RepositoryId> {
  const [known] = await tx.db
    .select({ id: repositories.id })
    .from(repositories)
    .innerJoin(
      installations,
      and(
        eq(installations.tenantId, repositories.tenantId),
        eq(installations.id, repositories.installationId),
      ),
    )
    .where(
      and(
        eq(repositories.tenantId, tx.scope.tenantId),
        eq(repositories.githubId, input.githubId),
        eq(repositories.owner, input.owner),
        eq(repositories.name, input.name),
        eq(installations.githubId, input.installationGithubId),
      ),
    );
  if (known !== undefined) return known.id;
  const [installation] = await tx.db
    .select({ id: installations.id })
    .from(installations)
    .where(
      and(
        eq(installations.tenantId, tx.scope.tenantId),
        eq(installations.githubId, input.installationGithubId),
      ),
    );
  if (installation === undefined) throw new Error("the installation is not this tenant's");
  const [row] = await tx.db
    .insert(repositories)
    .values({
      tenantId: tx.scope.tenantId,
      id: mint("repository"),
      installationId: installation.id,
      githubId: input.githubId,
      owner: input.owner,
      name: input.name,
    })
    .onConflictDoUpdate({
      target: [repositories.tenantId, repositories.githubId],
      // Not `active`: a delivery may be old, and GitHub's list says what the installation reaches.
      set: { owner: input.owner, name: input.name, installationId: installation.id },
    })
    .returning({ id: repositories.id });
  if (row === undefined) throw new Error("a repository was not stored");
  return row.id;
}

export async function findRepository(tx: TenantTx, id: RepositoryId): Promise<Repository | undefined> {
  const [row] = await tx.db
    .select({ repository: repositories, installation: installations, accountId: tenants.accountId })
    .from(repositories)
    .innerJoin(
      installations,
      and(
        eq(installations.tenantId, repositories.tenantId),
        eq(installations.id, repositories.installationId),
      ),
    )
    .innerJoin(tenants, eq(tenants.id, repositories.tenantId))
    .where(and(eq(repositories.tenantId, tx.scope.tenantId), eq(repositories.id, id)));
  if (row === undefined) return undefined;
  const { githubId: installationGithubId, state: installationState } = row.installation;
  return { ...row.repository, installationGithubId, installationState, accountId: row.accountId };
}

/** Our id of a repository the tenant is known to have; undefined: never heard of. */
export async function findRepositoryId(tx: TenantTx, githubId: number): Promise<RepositoryId | undefined> {
  const [row] = await tx.db
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(eq(repositories.tenantId, tx.scope.tenantId), eq(repositories.githubId, githubId)));
  return row?.id;
}

export type Tenant = typeof tenants.$inferSelect & {
  installation: { githubId: number; state: "active" | "suspended" | "deleted" } | undefined;
};

/** The tenant itself, with the installation that reaches it now. */
export async function findTenant(tx: TenantTx): Promise<Tenant | undefined> {
  const [row] = await tx.db
    .select({ tenant: tenants, installation: installations })
    .from(tenants)
    .leftJoin(installations, eq(installations.tenantId, tenants.id))
    .where(eq(tenants.id, tx.scope.tenantId))
    // Installed again after it was removed: the newest one counts.
    .orderBy(sql`${installations.state} = 'deleted'`, sql`${installations.id} DESC`)
    .limit(1);
  if (row === undefined) return undefined;
  const { installation, tenant } = row;
  return {
    ...tenant,
    installation:
      installation === null ? undefined : { githubId: installation.githubId, state: installation.state },
  };
}
