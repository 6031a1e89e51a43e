import { randomBytes } from "node:crypto";
import { GitHubError } from "../http/errors.ts";
import { exceeding, type Permissions } from "../http/permissions.ts";
import type { Installation } from "../world/app.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { repositoriesOf } from "./installation.ts";

const LIFETIME_MS = 3_600_000;
const TOKEN_LENGTH = 520;

export interface TokenRequest {
  permissions: Permissions | undefined;
  repositoryIds: readonly number[] | undefined;
  repositoryNames: readonly string[] | undefined;
}

export interface InstallationToken {
  token: string;
  expiresAt: string;
  permissions: Permissions;
  /** Undefined when the token reaches every repository of the installation. */
  repositories: Repository[] | undefined;
}

/** Issues a token for an hour, narrowed to what was asked. Throws 422 for more than the installation holds. */
export function issueToken(
  world: World,
  installation: Installation,
  request: TokenRequest,
): InstallationToken {
  if (installation.suspendedAt) throw new GitHubError(403, "This installation has been suspended");
  const asked = request.permissions;
  if (asked && exceeding(installation.permissions, asked)) {
    throw new GitHubError(422, "The permissions requested are not granted to this installation.");
  }
  const repositories = chosen(world, installation, request);
  const permissions = asked ? { ...asked, metadata: "read" as const } : { ...installation.permissions };
  const token = mintToken(installation.app.id);
  const expiresAt = Date.now() + LIFETIME_MS;
  world.tokens.set(token, {
    kind: "installation",
    installation,
    permissions,
    repositoryIds: repositories && new Set(repositories.map((each) => each.id)),
    expiresAt,
  });
  return {
    token,
    expiresAt: `${new Date(expiresAt).toISOString().slice(0, 19)}Z`,
    permissions,
    repositories,
  };
}

function chosen(world: World, installation: Installation, request: TokenRequest): Repository[] | undefined {
  const { repositoryIds, repositoryNames } = request;
  if (!repositoryIds && !repositoryNames) return undefined;
  const all = repositoriesOf(world, installation);
  const found = [
    ...(repositoryIds ?? []).map((id) => all.find((each) => each.id === id)),
    ...(repositoryNames ?? []).map((name) =>
      all.find((each) => each.name.toLowerCase() === name.toLowerCase()),
    ),
  ];
  if (found.includes(undefined) || found.length === 0) {
    throw new GitHubError(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  return [...new Set(found as Repository[])];
}

/** Shaped like today's tokens: `ghs_`, then a JWT, about 520 characters in all. */
export function mintToken(appId: number): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = part({ alg: "RS256", typ: "JWT", kid: randomBytes(8).toString("hex") });
  const payload = part({ iss: "github", sub: `app:${appId}`, jti: randomBytes(8).toString("hex") });
  return `ghs_${header}.${payload}.${randomBytes(512).toString("base64url")}`.slice(0, TOKEN_LENGTH);
}
