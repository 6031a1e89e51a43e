import type { MintId, RepositoryId, TenantId } from "@aicd/core";
import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { SystemDb, SystemTx, TenantTx } from "../database.ts";
import { installations, tenants } from "../schema/tenancy.ts";

type State = "active" | "suspended" | "deleted";

/**
 * The App was uninstalled. System work.
 * @returns whose it was, and whether no other installation is left to the tenant; undefined: never heard of
 */
export async function endInstallation(
  tx: SystemTx,
  githubId: number,
): Promise<{ tenantId: TenantId; last: boolean } | undefined> {
  const [row] = await tx.db
    .update(installations)
    .set({ state: "deleted", updatedAt: sql`now()` })
    .where(eq(installations.githubId, githubId))
    .returning({ tenantId: installations.tenantId });
  if (row === undefined) return undefined;
  const others = await tx.db
    .select({ id: installations.id })
    .from(installations)
    .where(and(eq(installations.tenantId, row.tenantId), ne(installations.state, "deleted")));
  return { tenantId: row.tenantId, last: others.length === 0 };
}

/** GitHub's id and state of every installation we know. System work. */
export async function listKnownInstallations(tx: SystemDb): Promise<Map<number, State>> {
  const rows = await tx.db
    .select({ githubId: installations.githubId, state: installations.state })
    .from(installations);
  return new Map(rows.map(({ githubId, state }) => [githubId, state]));
}

/** Installations whose repositories were not compared for so many hours, the longest ago first. System work. */
export async function listUnreconciled(tx: SystemDb, hours: number): Promise<number[]> {
  const rows = await tx.db
    .select({ githubId: installations.githubId })
    .from(installations)
    .where(
      and(
        eq(installations.state, "active"),
        sql`coalesce(${installations.reconciledAt}, '-infinity') < now() - ${hours} * interval '1 hour'`,
      ),
    )
    .orderBy(asc(installations.reconciledAt))
    .limit(100);
  return rows.map(({ githubId }) => githubId);
}

export async function noteReconciled(tx: SystemTx, githubId: number): Promise<void> {
  await tx.db
    .update(installations)
    .set({ reconciledAt: sql`now()` })
    .where(eq(installations.githubId, githubId));
}

/**
 * Makes our list GitHub's: new repositories come in, renamed ones get their name, those that left or
 * went to another owner are no longer reached.
 * @returns the repositories that left just now
 */
export async function reconcileRepositories(
  tx: TenantTx,
  mint: MintId,
  input: {
    installationId: number;
    repositories: { githubId: number; owner: string; name: string; private: boolean }[];
  },
): Promise<{ left: RepositoryId[]; joined: RepositoryId[] }> {
  const tenantId = tx.scope.tenantId;
  const listed = input.repositories.map(({ githubId, ...rest }) => ({
    id: mint("repository"),
    github_id: githubId,
    ...rest,
  }));
  const stored = await tx.query<{ id: RepositoryId; isNew: boolean }>(
    `INSERT INTO repositories (tenant_id, id, installation_id, github_id, owner, name, private)
     SELECT $1, r.id, i.id, r.github_id, r.owner, r.name, r.private
     FROM jsonb_to_recordset($3::jsonb) AS r(id text, github_id bigint, owner text, name text, private boolean)
     JOIN installations i ON i.tenant_id = $1 AND i.github_id = $2
     ORDER BY r.github_id
     ON CONFLICT (tenant_id, github_id) DO UPDATE
       SET owner = excluded.owner, name = excluded.name, installation_id = excluded.installation_id,
         private = excluded.private, active = true, updated_at = now()
       WHERE (repositories.owner, repositories.name, repositories.installation_id, repositories.private,
           repositories.active)
         IS DISTINCT FROM (excluded.owner, excluded.name, excluded.installation_id, excluded.private, true)
     RETURNING id, xmax = 0 AS "isNew"`,
    [tenantId, input.installationId, JSON.stringify(listed)],
  );
  const { rows } = await tx.query<{ id: RepositoryId }>(
    `UPDATE repositories r SET active = false, updated_at = now()
     FROM installations i
     WHERE r.tenant_id = $1 AND i.tenant_id = r.tenant_id AND i.id = r.installation_id
       AND i.github_id = $2 AND r.active AND r.github_id <> ALL ($3::bigint[])
     RETURNING r.id`,
    [tenantId, input.installationId, listed.map((repository) => repository.github_id)],
  );
  const joined = stored.rows.filter(({ isNew }) => isNew).map(({ id }) => id);
  return { left: rows.map(({ id }) => id), joined };
}

/** Whose account this is on GitHub; undefined: the App was never installed there, or it was erased. */
export async function tenantOfAccount({ db }: SystemDb, githubId: number): Promise<TenantId | undefined> {
  const [row] = await db.select({ id: tenants.id }).from(tenants).where(eq(tenants.accountId, githubId));
  return row?.id;
}

/** Accounts of all tenants. System work, for reconciling. */
export async function listAccounts({ db }: SystemDb): Promise<number[]> {
  return (await db.select({ githubId: tenants.accountId }).from(tenants)).map(({ githubId }) => githubId);
}
