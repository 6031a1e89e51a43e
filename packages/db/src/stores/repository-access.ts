import type { RepositoryId, UserId } from "@aicd/core";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { TenantTx } from "../database.ts";
import { repositories } from "../schema/tenancy.ts";

/** Younger answers are as good as new. Past a quarter of an hour, in the policy of `repositories`, none counts. */
const FRESH = "interval '10 minutes'";
const COUNTS = "interval '15 minutes'";
/** So old an answer is made that GitHub did not give: it is asked for again within a minute. */
const AGAIN = "interval '9 minutes'";

export type Unchecked = {
  id: RepositoryId;
  githubId: number;
  owner: string;
  name: string;
  installationGithubId: number;
  /** There is no answer that counts: until one comes, the person does not see it. */
  blind: boolean;
};

/** Private repositories of which it is to be asked whether a member may read them, the most urgent first. */
export async function listUnchecked(
  tx: TenantTx,
  input: { userId: UserId; limit: number },
): Promise<Unchecked[]> {
  const { rows } = await tx.query<Unchecked>(
    `SELECT r.id, r.github_id::float8 AS "githubId", r.owner, r.name, i.github_id::float8 AS "installationGithubId",
       s.checked_at IS NULL OR s.checked_at < now() - ${COUNTS} AS blind
     FROM repositories r
     JOIN installations i ON i.tenant_id = r.tenant_id AND i.id = r.installation_id
     LEFT JOIN repository_access s ON s.tenant_id = r.tenant_id AND s.user_id = $2 AND s.repository_id = r.id
     WHERE r.tenant_id = $1 AND r.private AND r.active AND i.state = 'active'
       AND (s.checked_at IS NULL OR s.checked_at < now() - ${FRESH})
     ORDER BY s.readable IS FALSE, s.readable NULLS LAST, r.id DESC LIMIT $3`,
    [tx.scope.tenantId, input.userId, input.limit],
  );
  return rows;
}

/** Notes what GitHub said. `readable` undefined: nothing; then it is hidden, and asked again within a minute. */
export async function noteReadable(
  tx: TenantTx,
  input: { userId: UserId; seen: { repositoryId: RepositoryId; readable: boolean | undefined }[] },
): Promise<void> {
  const rows = input.seen.map(({ repositoryId: id, readable }) => ({ id, readable: readable ?? null }));
  await tx.query(
    `INSERT INTO repository_access (tenant_id, user_id, repository_id, readable, checked_at)
     SELECT m.tenant_id, m.user_id, r.id, coalesce(r.readable, false),
       CASE WHEN r.readable IS NULL THEN now() - ${AGAIN} ELSE now() END
     FROM jsonb_to_recordset($3::jsonb) AS r(id text, readable boolean)
     JOIN memberships m ON m.tenant_id = $1 AND m.user_id = $2
     JOIN repositories known ON known.tenant_id = $1 AND known.id = r.id
     ORDER BY r.id
     ON CONFLICT (tenant_id, user_id, repository_id) DO UPDATE
       SET readable = excluded.readable, checked_at = excluded.checked_at`,
    [tx.scope.tenantId, input.userId, JSON.stringify(rows)],
  );
}

/** Whether the transaction's viewer sees all of these repositories; null: all there are. */
export async function seesAll(tx: TenantTx, ids: RepositoryId[] | null): Promise<boolean> {
  const [row] = await countRepositories(tx, ids);
  const wanted =
    ids === null ? await tx.whole(() => countRepositories(tx, null)) : [{ count: new Set(ids).size }];
  return row?.count === wanted[0]?.count;
}

function countRepositories(tx: TenantTx, ids: RepositoryId[] | null): Promise<{ count: number }[]> {
  return tx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(repositories)
    .where(
      and(
        eq(repositories.tenantId, tx.scope.tenantId),
        ids === null ? undefined : inArray(repositories.id, ids),
      ),
    )
    .execute();
}
