import type { ApiKeyId, TenantId, UserId } from "./id.ts";

/** What a person is in a tenant, and what an API key may act as. */
export const ROLES = ["owner", "admin", "member", "viewer", "billing"] as const;
export type Role = (typeof ROLES)[number];

const EVERYBODY = ROLES;
const WORKERS = ["owner", "admin", "member"] as const;
const READERS = ["owner", "admin", "member", "viewer"] as const;
const ADMINS = ["owner", "admin"] as const;
const MONEY = ["owner", "admin", "billing"] as const;

/** The one table of permission × role: HTTP, thread commands and the dashboard all read it. */
export const PERMISSIONS = {
  "organization.read": EVERYBODY,
  "organization.write": ADMINS,
  "organization.export": ["owner"],
  "repository.read": READERS,
  "repository.write": ADMINS,
  "task.read": READERS,
  /** Create, approve, revise, cancel, retry. */
  "task.write": WORKERS,
  /** Publish what the policy engine stopped. */
  "policy.override": ADMINS,
  "usage.read": ["owner", "admin", "member", "billing"],
  "member.read": READERS,
  "member.write": ["owner", "admin"],
  /** Make somebody an owner, or no longer one. */
  "owner.write": ["owner"],
  "api_key.read": ADMINS,
  "api_key.write": ADMINS,
  /** Names of secrets; their values are never read by anybody. */
  "secret.read": ADMINS,
  "secret.write": ADMINS,
  /** Where events of the tenant are sent, and what was sent. */
  "webhook.read": ADMINS,
  "webhook.write": ADMINS,
  "audit.read": ["owner", "admin"],
  "runner.read": READERS,
  "billing.read": MONEY,
  "billing.write": ["owner", "billing"],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

export function may(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

/** Who acts, for which tenant, as what. Made from a session or an API key, never from a request field. */
export type Principal = {
  tenantId: TenantId;
  actor:
    | { kind: "user"; userId: UserId; githubId: number; login: string }
    | { kind: "api_key"; keyId: ApiKeyId; name: string; createdBy: { login: string; id: number } };
  role: Role;
  /** What an API key is limited to; absent: all its role may do. */
  scopes?: readonly Permission[];
};

/** The role's permission, and for a key its scope as well. */
export function allows(principal: Pick<Principal, "role" | "scopes">, permission: Permission): boolean {
  if (principal.scopes !== undefined && !principal.scopes.includes(permission)) return false;
  return may(principal.role, permission);
}

/** Somebody's permission on a repository, as GitHub says it, in our words; undefined: none at all. */
export function roleOnThread(permission: "admin" | "write" | "read" | "none"): Role | undefined {
  const roles = { admin: "admin", write: "member", read: "viewer", none: undefined } as const;
  return roles[permission];
}

/**
 * Nobody gives away more than they have: whether `giver` may let somebody act as `role`. A key's scopes
 * count too, or one that only manages members would make an owner of whoever holds it.
 */
export function mayGrant(giver: Pick<Principal, "role" | "scopes">, role: Role): boolean {
  if (!allows(giver, "member.write")) return false;
  return PERMISSION_NAMES.every((permission) => !may(role, permission) || allows(giver, permission));
}
