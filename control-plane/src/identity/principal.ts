import { AicdError, may, type Principal, type Role, type TenantId } from "@aicd/core";
import {
  appendAudit,
  endMembership,
  findMembership,
  findTenant,
  inheritOwnership,
  listOwners,
  type Membership,
  noteMembership,
  type Tenant,
  type TenantTx,
} from "@aicd/db";
import { organizationRoleOf } from "@aicd/github";
import type { Deps } from "../deps.ts";
import type { Identity } from "./identity.ts";

/** GitHub is asked again who belongs to a tenant when its last answer is older. */
const RECHECK_MS = 15 * 60_000;

type Person = { userId: Extract<Identity, { kind: "user" }>["userId"]; githubId: number; login: string };

/**
 * What the caller is in a tenant; undefined: nothing, which looks just like a tenant that is not there.
 * A person's membership is asked of GitHub at least every quarter of an hour, also for their keys.
 */
export async function principalFor(
  deps: Deps,
  identity: Identity,
  tenantId: TenantId,
): Promise<Principal | undefined> {
  if (identity.kind === "api_key") {
    return identity.tenantId === tenantId ? principalOfKey(deps, identity) : undefined;
  }
  const { userId, githubId, login } = identity;
  const known = await deps.db.withTenant({ tenantId }, (tx) => findMembership(tx, userId));
  if (known === undefined) return undefined;
  const membership = known.ageMs < RECHECK_MS ? known : await recheck(deps, tenantId, identity);
  if (membership === undefined) return undefined;
  return { tenantId, actor: { kind: "user", userId, githubId, login }, role: membership.role };
}

/**
 * A key acts for whoever made it, and may do no more than they may now: one that was made before somebody
 * left, or was given a smaller role, would else be their way back in.
 * @throws AicdError `forbidden` when they are no member any more
 */
async function principalOfKey(
  deps: Deps,
  identity: Extract<Identity, { kind: "api_key" }>,
): Promise<Principal> {
  const { tenantId, keyId, name, role, maker, createdBy: by } = identity;
  const fresh = maker !== undefined && maker.ageMs < RECHECK_MS;
  const member = maker === undefined || fresh ? maker : await recheck(deps, tenantId, maker);
  if (member === undefined) {
    throw new AicdError(
      "forbidden",
      `The key acts for ${by.login}, who is not a member of this organisation any more. Let a member rotate it, or make a new one.`,
    );
  }
  const scopes = identity.scopes.filter((scope) => may(member.role, scope));
  const createdBy = { id: by.id, login: member.login };
  return { tenantId, actor: { kind: "api_key", keyId, name, createdBy }, role, scopes };
}

/** Asks GitHub what a person is in a tenant, and notes it. Undefined: nothing any more, or not yet. */
export async function recheck(
  deps: Deps,
  tenantId: TenantId,
  person: Person,
): Promise<Membership | undefined> {
  const tenant = await deps.db.withTenant({ tenantId }, findTenant);
  if (tenant === undefined) return undefined;
  const role = await askRole(deps, tenant, person);
  const { userId, login } = person;
  const after = await deps.db.withTenant({ tenantId }, async (tx) => {
    const before = await findMembership(tx, userId);
    // Of two that learn at once that somebody left, one writes it down.
    if (role === undefined && !(await endMembership(tx, userId))) return undefined;
    const noted = role === undefined ? undefined : await noteMembership(tx, { userId, login, role });
    await auditChange(deps, tx, person, { before: before?.role, after: noted?.role });
    return noted;
  });
  if (role !== "owner" || after === undefined || after.role === "owner") return after;
  return (await inherit(deps, tenantId, person, after)) ?? after;
}

/**
 * An owner on GitHub who was given a smaller role here gets theirs back when nobody else owns the tenant
 * any more: people who left send no requests, so GitHub is asked about them.
 */
async function inherit(
  deps: Deps,
  tenantId: TenantId,
  person: Person,
  now: Membership,
): Promise<Membership | undefined> {
  for (const owner of await listOwners(deps.db.system, tenantId)) {
    if (owner.ageMs < RECHECK_MS || (await recheck(deps, tenantId, owner))?.role === "owner")
      return undefined;
  }
  return deps.db.withTenant({ tenantId }, async (tx) => {
    const owner = await inheritOwnership(tx, person.userId);
    if (owner !== undefined) await auditChange(deps, tx, person, { before: now.role, after: owner.role });
    return owner;
  });
}

async function auditChange(
  deps: Deps,
  tx: TenantTx,
  { userId, login }: Person,
  { before, after }: { before: Role | undefined; after: Role | undefined },
): Promise<void> {
  if (before === after) return;
  const action = before === undefined ? "joined" : after === undefined ? "left" : "role_changed";
  await appendAudit(tx, deps.mint, {
    actor: { kind: "system", id: "github-membership" },
    action: `member.${action}`,
    target: userId,
    detail: { login, before: before ?? null, after: after ?? null },
  });
}

async function askRole(deps: Deps, tenant: Tenant, person: Person): Promise<Role | undefined> {
  if (tenant.kind === "User") return tenant.accountId === person.githubId ? "owner" : undefined;
  const { installation } = tenant;
  // Uninstalled: nobody can be asked, and nobody but the eraser has business there.
  if (installation === undefined || installation.state === "deleted") return undefined;
  if (installation.state === "suspended") {
    throw new AicdError(
      "forbidden",
      `The App is suspended for ${tenant.login}, so GitHub cannot be asked who you are there. An owner can unsuspend it.`,
    );
  }
  const { read } = deps.github.installation(installation.githubId, { power: "ask-members" });
  const asked = { id: person.githubId, login: person.login };
  const role = await organizationRoleOf(read, tenant.login, asked).catch((cause: unknown) => {
    if (cause instanceof AicdError) throw cause;
    const detail = `GitHub could not say who is a member of ${tenant.login}. Try again.`;
    throw new AicdError("unavailable", detail, { cause });
  });
  return role === "admin" ? "owner" : role;
}
