import type { MintId, Role, TenantId, UserId } from "@aicd/core";
import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { type Membership, memberships, type User, users } from "../schema/identity.ts";
import { tenants } from "../schema/tenancy.ts";

/** Brings a person in, or up to date with GitHub. System work: people belong to no tenant. */
export async function upsertUser(
  tx: SystemDb,
  mint: MintId,
  input: { githubId: number; login: string; name: string | null; avatarUrl: string | null },
): Promise<User> {
  const { githubId, ...now } = input;
  const [user] = await tx.db
    .insert(users)
    .values({ id: mint("user"), ...input })
    .onConflictDoUpdate({ target: users.githubId, set: { ...now, updatedAt: sql`now()` } })
    .returning();
  if (user === undefined) throw new Error("a user was not stored");
  return user;
}

export async function findUser(tx: SystemDb, id: UserId): Promise<User | undefined> {
  const [user] = await tx.db.select().from(users).where(eq(users.id, id));
  return user;
}

export async function findUserByGithubId(tx: SystemDb, githubId: number): Promise<User | undefined> {
  const [user] = await tx.db.select().from(users).where(eq(users.githubId, githubId));
  return user;
}

/** The tenants a person belongs to, with what they are there. System work, for the person's own list. */
export async function listTenantsOfUser(
  tx: SystemDb,
  userId: UserId,
): Promise<{ tenantId: TenantId; login: string; kind: "Organization" | "User"; role: Role }[]> {
  return tx.db
    .select({ tenantId: tenants.id, login: tenants.login, kind: tenants.kind, role: memberships.role })
    .from(memberships)
    .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(tenants.login));
}

/** The membership with its age by the database's clock. */
export async function findMembership(
  tx: TenantTx,
  userId: UserId,
): Promise<(Membership & { ageMs: number }) | undefined> {
  const [row] = await tx.db
    .select({
      membership: memberships,
      ageMs: sql<number>`(extract(epoch from now() - ${memberships.checkedAt}) * 1000)::float8`,
    })
    .from(memberships)
    .where(and(eq(memberships.tenantId, tx.scope.tenantId), eq(memberships.userId, userId)));
  return row === undefined ? undefined : { ...row.membership, ageMs: row.ageMs };
}

/** Members by id, `after` one of them. */
export async function listMemberships(
  tx: TenantTx,
  page: { limit: number; after?: UserId | undefined },
): Promise<Membership[]> {
  return tx.db
    .select()
    .from(memberships)
    .where(
      and(
        eq(memberships.tenantId, tx.scope.tenantId),
        page.after === undefined ? undefined : gt(memberships.userId, page.after),
      ),
    )
    .orderBy(asc(memberships.userId))
    .limit(page.limit);
}

/** Notes what GitHub says just now. A role that a person gave here is kept. */
export async function noteMembership(
  tx: TenantTx,
  input: { userId: UserId; login: string; role: Role },
): Promise<Membership> {
  const [row] = await tx.db
    .insert(memberships)
    .values({ ...input, tenantId: tx.scope.tenantId, source: "github" })
    .onConflictDoUpdate({
      target: [memberships.tenantId, memberships.userId],
      set: {
        login: input.login,
        checkedAt: sql`now()`,
        role: sql`CASE ${memberships.source} WHEN 'set' THEN ${memberships.role} ELSE ${input.role} END`,
      },
    })
    .returning();
  if (row === undefined) throw new Error("a membership was not stored");
  return row;
}

/** Who owns a tenant here, with the age of GitHub's word for it. System work: a tenant does not see people. */
export async function listOwners(
  tx: SystemDb,
  tenantId: TenantId,
): Promise<{ userId: UserId; githubId: number; login: string; ageMs: number }[]> {
  return tx.db
    .select({
      userId: memberships.userId,
      githubId: users.githubId,
      login: memberships.login,
      ageMs: sql<number>`(extract(epoch from now() - ${memberships.checkedAt}) * 1000)::float8`,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.role, "owner")))
    .orderBy(asc(memberships.userId));
}

/** Makes a member an owner if nobody is one. Undefined: somebody is. */
export async function inheritOwnership(tx: TenantTx, userId: UserId): Promise<Membership | undefined> {
  const [row] = await tx.db
    .update(memberships)
    .set({ role: "owner", source: "github" })
    .where(
      and(
        eq(memberships.tenantId, tx.scope.tenantId),
        eq(memberships.userId, userId),
        sql`NOT EXISTS (SELECT FROM memberships o WHERE o.tenant_id = ${tx.scope.tenantId} AND o.role = 'owner')`,
      ),
    )
    .returning();
  return row;
}

export async function endMembership(tx: TenantTx, userId: UserId): Promise<boolean> {
  const rows = await tx.db
    .delete(memberships)
    .where(and(eq(memberships.tenantId, tx.scope.tenantId), eq(memberships.userId, userId)))
    .returning({ userId: memberships.userId });
  return rows.length > 0;
}

/**
 * Gives a member another role, which then outlives GitHub's. The last owner stays one.
 * @returns the membership before and after; `last_owner`: refused; undefined: no such member
 */
export async function setRole(
  tx: TenantTx,
  input: { userId: UserId; role: Role },
): Promise<{ before: Role; after: Membership } | "last_owner" | undefined> {
  // All owners are locked in one order, so that two of them cannot demote each other at once.
  const owners = await tx.db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.tenantId, tx.scope.tenantId), eq(memberships.role, "owner")))
    .orderBy(asc(memberships.userId))
    .for("update");
  const member = await findMembership(tx, input.userId);
  if (member === undefined) return undefined;
  // Another one that is locked, not a count: who became or ceased to be an owner while we waited is in neither.
  const others = owners.filter(({ userId }) => userId !== input.userId);
  if (member.role === "owner" && input.role !== "owner" && others.length === 0) return "last_owner";
  const [after] = await tx.db
    .update(memberships)
    .set({ role: input.role, source: "set" })
    .where(and(eq(memberships.tenantId, tx.scope.tenantId), eq(memberships.userId, input.userId)))
    .returning();
  return after === undefined ? undefined : { before: member.role, after };
}
