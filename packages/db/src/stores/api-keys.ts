import type { ApiKeyId, MintId, Permission, RepositoryId, Role, UserId } from "@aicd/core";
import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { type ApiKey, apiKeys, memberships, users } from "../schema/identity.ts";
import type { Actor } from "../schema/tasks.ts";

type NewApiKey = {
  name: string;
  hash: Buffer;
  hint: string;
  role: Role;
  scopes: Permission[];
  /** Left out: all of the tenant. */
  repositories?: RepositoryId[] | null;
  createdBy: Actor;
  lifeDays: number;
};

export async function storeApiKey(tx: TenantTx, mint: MintId, input: NewApiKey): Promise<ApiKey> {
  const { lifeDays, ...values } = input;
  const [row] = await tx.db
    .insert(apiKeys)
    .values({
      ...values,
      tenantId: tx.scope.tenantId,
      id: mint("apiKey"),
      expiresAt: sql`now() + ${lifeDays} * interval '1 day'`,
    })
    .returning();
  if (row === undefined) throw new Error("an API key was not stored");
  return row;
}

/** Keys of the tenant, newest first, revoked and expired ones included. */
export async function listApiKeys(
  tx: TenantTx,
  page: { limit: number; before?: ApiKeyId | undefined },
): Promise<ApiKey[]> {
  return tx.db
    .select()
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.tenantId, tx.scope.tenantId),
        page.before === undefined ? undefined : lt(apiKeys.id, page.before),
      ),
    )
    .orderBy(desc(apiKeys.id))
    .limit(page.limit);
}

export async function findApiKey(tx: TenantTx, id: ApiKeyId): Promise<ApiKey | undefined> {
  const [row] = await tx.db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.tenantId, tx.scope.tenantId), eq(apiKeys.id, id)));
  return row;
}

/** Who made a key and is a member still, with the age of GitHub's word for it by the database's clock. */
export type KeyMaker = { userId: UserId; githubId: number; login: string; role: Role; ageMs: number };

/**
 * The living key behind one of the hashes (one per pepper in use), with its maker; no maker: not a member
 * any more. System work: the key itself says whose it is.
 */
export async function locateApiKey(
  tx: SystemDb,
  hashes: Buffer[],
): Promise<(ApiKey & { maker: KeyMaker | undefined }) | undefined> {
  const [row] = await tx.db
    .select({
      key: apiKeys,
      user: users,
      role: memberships.role,
      ageMs: sql<number>`(extract(epoch from now() - ${memberships.checkedAt}) * 1000)::float8`,
    })
    .from(apiKeys)
    .leftJoin(users, eq(users.githubId, sql`(${apiKeys.createdBy} ->> 'id')::bigint`))
    .leftJoin(memberships, and(eq(memberships.tenantId, apiKeys.tenantId), eq(memberships.userId, users.id)))
    .where(and(inArray(apiKeys.hash, hashes), isNull(apiKeys.revokedAt), gt(apiKeys.expiresAt, sql`now()`)));
  if (row === undefined) return undefined;
  const { key, user, role, ageMs } = row;
  if (user === null || role === null) return { ...key, maker: undefined };
  const { id: userId, githubId, login } = user;
  return { ...key, maker: { userId, githubId, login, role, ageMs } };
}

/** Notes a use, at most once a minute; and the hash under the present pepper, if it was another's. */
export async function noteApiKeyUse(tx: SystemDb, key: ApiKey, hash: Buffer): Promise<void> {
  await tx.db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()`, hash })
    .where(
      and(
        eq(apiKeys.tenantId, key.tenantId),
        eq(apiKeys.id, key.id),
        or(
          isNull(apiKeys.lastUsedAt),
          sql`${apiKeys.lastUsedAt} < now() - interval '1 minute'`,
          sql`${apiKeys.hash} <> ${hash}`,
        ),
      ),
    );
}

/** @returns the key as it was revoked now; undefined: no such key, or revoked before */
export async function revokeApiKey(tx: TenantTx, id: ApiKeyId): Promise<ApiKey | undefined> {
  const [row] = await tx.db
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.tenantId, tx.scope.tenantId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning();
  return row;
}

/** Lets a key that was replaced live on for a while, but never longer than it would have. */
export async function limitApiKey(tx: TenantTx, id: ApiKeyId, lifeSeconds: number): Promise<void> {
  await tx.db
    .update(apiKeys)
    .set({ expiresAt: sql`least(${apiKeys.expiresAt}, now() + ${lifeSeconds} * interval '1 second')` })
    .where(and(eq(apiKeys.tenantId, tx.scope.tenantId), eq(apiKeys.id, id)));
}
