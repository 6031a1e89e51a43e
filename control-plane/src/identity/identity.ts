import type { ApiKeyId, Permission, RepositoryId, Role, SessionId, TenantId, UserId } from "@aicd/core";
import type { KeyMaker } from "@aicd/db";

/** Who is calling, before it is known for which tenant. */
export type Identity =
  | {
      kind: "user";
      userId: UserId;
      githubId: number;
      login: string;
      sessionId: SessionId;
      /** A cookie travels by itself, so writes with one need more: see `csrf.ts`. */
      via: "cookie" | "token";
    }
  | {
      kind: "api_key";
      tenantId: TenantId;
      keyId: ApiKeyId;
      name: string;
      role: Role;
      scopes: readonly Permission[];
      /** What it is limited to; null: all repositories of the tenant. */
      repositories: readonly RepositoryId[] | null;
      createdBy: { login: string; id: number };
      /** Whoever made it, as a member; undefined: not one any more. */
      maker: KeyMaker | undefined;
    };
