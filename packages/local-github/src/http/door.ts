import { GHOST } from "../accounts/account.ts";
import type { Account, Role } from "../world/account.ts";
import type { Identity } from "../world/identity.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { badCredentials, forbidden, GitHubError, notFound } from "./errors.ts";
import type { Method } from "./method.ts";
import { covers, type Level, type Permissions } from "./permissions.ts";
import {
  type Actor,
  type AppCall,
  guardedRoute,
  type InstallationCall,
  insist,
  type Reply,
  type RepositoryCall,
  type Route,
} from "./route.ts";

type Template = Parameters<typeof guardedRoute>[1];

/** What a caller needs: one of `app` as an App or job token, the role `user` as a person. */
export interface Need {
  app: readonly `${string}:${Level}`[];
  user: Role;
}

export const RANK: Record<Role, number> = { read: 1, triage: 2, write: 3, maintain: 4, admin: 5 };

/** A route inside a repository: finds it, then answers 404, 403 or 401 as GitHub does before the handler runs. */
export function repositoryRoute<M extends Method, P extends Template>(
  method: M,
  template: P,
  need: Need,
  handle: (call: RepositoryCall<M, P>) => Promise<Reply> | Reply,
): Route {
  return guardedRoute(method, template, (call) => {
    const { owner, repo } = call.params as unknown as { owner: string; repo: string };
    const repository = findRepository(call.world, `${owner}/${repo}`);
    const actor = enter(call.identity, repository, need);
    const here = `${repository.owner.login}/${repository.name}`.toLowerCase();
    if (here !== `${owner}/${repo}`.toLowerCase()) throw renamed(call, method, repository);
    insist(call);
    return handle({ ...call, repository, actor } as unknown as RepositoryCall<M, P>);
  });
}

/** A route for the App itself, which authenticates with its JWT. */
export function appRoute<M extends Method, P extends Template>(
  method: M,
  template: P,
  handle: (call: AppCall<M, P>) => Promise<Reply> | Reply,
): Route {
  return guardedRoute(method, template, (call) => {
    const { identity } = call;
    if (identity.kind !== "app") {
      throw new GitHubError(401, "A JSON web token could not be decoded");
    }
    insist(call);
    return handle({ ...call, app: identity.app });
  });
}

/** A route that only an installation token opens. */
export function installationRoute<M extends Method, P extends Template>(
  method: M,
  template: P,
  handle: (call: InstallationCall<M, P>) => Promise<Reply> | Reply,
): Route {
  return guardedRoute(method, template, (call) => {
    const { identity } = call;
    if (identity.kind === "anonymous") throw new GitHubError(401, "Requires authentication");
    if (identity.kind !== "installation") {
      throw forbidden(
        "You must authenticate with an installation access token in order to list repositories for an installation.",
      );
    }
    insist(call);
    return handle({ ...call, installation: identity.installation });
  });
}

export function findRepository(world: World, fullName: string): Repository {
  const repository = world.names.get(fullName.toLowerCase());
  if (!repository) throw notFound();
  return repository;
}

function isReading(need: Need): boolean {
  return need.app.some((entry) => entry.endsWith(":read"));
}

/**
 * Lets the caller in or throws GitHub's refusal; returns the account the caller acts as. Whoever may write is told
 * by docs.github.com "Archiving repositories" that an archived one is read-only.
 */
export function enter(identity: Identity, repository: Repository, need: Need): Actor {
  const actor = admit(identity, repository, need);
  if (repository.archived && !isReading(need)) throw forbidden("Repository was archived so is read-only.");
  return actor;
}

function admit(identity: Identity, repository: Repository, need: Need): Actor {
  const reading = isReading(need);
  if (identity.kind === "app") throw badCredentials();
  if (identity.kind === "anonymous") {
    if (repository.private) throw notFound();
    if (!reading) throw new GitHubError(401, "Requires authentication");
    // It never reaches stored state, because only reading is let through.
    return { account: GHOST, viaApp: undefined };
  }
  if (identity.kind === "user") {
    const role = roleOf(repository, identity.account);
    if (!role) throw notFound();
    if (RANK[role] < RANK[need.user]) throw forbidden("Must have admin rights to Repository.");
    return { account: identity.account, viaApp: undefined };
  }
  const granted = permissionsIn(identity, repository);
  if (!granted) {
    if (repository.private) throw notFound();
    if (!reading) throw forbidden("Resource not accessible by integration", need.app);
  } else if (!permits(granted, need) && !(reading && !repository.private)) {
    throw forbidden("Resource not accessible by integration", need.app);
  }
  return identity.kind === "job"
    ? { account: identity.account, viaApp: undefined }
    : { account: identity.installation.app.bot, viaApp: identity.installation.app };
}

function permits(granted: Permissions, need: Need): boolean {
  return need.app.some((entry) => {
    const [name, level] = entry.split(":") as [string, Level];
    return covers(granted, name, level);
  });
}

/** What an App or job token may do in a repository; undefined when it does not reach it. */
export function permissionsIn(identity: Identity, repository: Repository): Permissions | undefined {
  if (identity.kind === "job") {
    return identity.job.run.repository === repository ? identity.job.permissions : undefined;
  }
  if (identity.kind !== "installation") return undefined;
  const { installation, repositoryIds } = identity;
  if (!reaches(installation, repository)) return undefined;
  if (repositoryIds && !repositoryIds.has(repository.id)) return undefined;
  return identity.permissions;
}

export function reaches(
  installation: { account: Account; selection: "all" | "selected"; repositoryIds: Set<number> },
  repository: Repository,
): boolean {
  if (installation.account !== repository.owner) return false;
  return installation.selection === "all" || installation.repositoryIds.has(repository.id);
}

/** Undefined when the person may not even see the repository. */
export function roleOf(repository: Repository, account: Account): Role | undefined {
  if (repository.owner === account) return "admin";
  const membership = repository.owner.members.get(account.id);
  if (membership === "owner") return "admin";
  const granted = repository.collaborators.get(account.id)?.role;
  if (granted) return granted;
  return membership === "member" || !repository.private ? "read" : undefined;
}

/** Reading is sent on for good, writing for this once, so that a client repeats it with its body. */
function renamed(call: { world: World; url: string }, method: Method, repository: Repository): GitHubError {
  const rest = call.url.split("/").slice(4).join("/");
  const url = `${call.world.url}/repositories/${repository.id}${rest ? `/${rest}` : ""}`;
  return moved(method, url);
}

export function moved(method: Method, url: string): GitHubError {
  const headers = { location: url };
  return method === "get"
    ? new GitHubError(301, "Moved Permanently", { url }, headers)
    : new GitHubError(307, "Temporary Redirect", { url }, headers);
}
