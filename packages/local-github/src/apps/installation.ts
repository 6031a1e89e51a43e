import { simpleUser } from "../accounts/shape.ts";
import { reaches } from "../http/door.ts";
import { repositoryName } from "../repositories/shape.ts";
import { announce, send } from "../webhooks/announce.ts";
import type { Account } from "../world/account.ts";
import type { App, Installation } from "../world/app.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { installationShape } from "./shape.ts";

/** Installs an App on an account, for all its repositories or for some, and tells the App. */
export function install(
  world: World,
  app: App,
  account: Account,
  repositories: readonly Repository[] | "all",
  sender: Account,
): Installation {
  if ([...world.installations.values()].some((each) => each.app === app && each.account === account)) {
    throw new Error(`${app.slug} is already installed on ${account.login}`);
  }
  const now = world.now();
  const installation: Installation = {
    ...world.mint("installation"),
    app,
    account,
    selection: repositories === "all" ? "all" : "selected",
    repositoryIds: new Set(repositories === "all" ? [] : repositories.map((each) => each.id)),
    permissions: { ...app.permissions },
    events: [...app.events],
    createdAt: now,
    updatedAt: now,
    suspendedAt: null,
    suspendedBy: undefined,
  };
  world.installations.set(installation.id, installation);
  tell(world, installation, "created", sender, {
    repositories: repositoriesOf(world, installation).map(repositoryName),
    requester: null,
  });
  return installation;
}

export function uninstall(world: World, installation: Installation, sender: Account): void {
  const repositories = repositoriesOf(world, installation).map(repositoryName);
  world.installations.delete(installation.id);
  for (const [token, identity] of world.tokens) {
    if (identity.kind === "installation" && identity.installation === installation)
      world.tokens.delete(token);
  }
  // It is no longer among the installed ones, so it is told directly.
  if (!installation.app.webhookUrl) return;
  send(world, installation, {
    event: "installation",
    action: "deleted",
    installation,
    sender,
    payload: { installation: installationShape(world, installation), repositories },
  });
}

export function setSuspended(
  world: World,
  installation: Installation,
  suspended: boolean,
  sender: Account,
): void {
  installation.suspendedAt = suspended ? world.now() : null;
  installation.suspendedBy = suspended ? sender : undefined;
  installation.updatedAt = world.now();
  tell(world, installation, suspended ? "suspend" : "unsuspend", sender, {
    repositories: repositoriesOf(world, installation).map(repositoryName),
  });
}

/** Grants or withdraws single repositories; an installation on all of them cannot be changed this way. */
export function changeRepositories(
  world: World,
  installation: Installation,
  change: { added?: readonly Repository[]; removed?: readonly Repository[] },
  sender: Account,
): void {
  if (installation.selection === "all") throw new Error("the installation covers all repositories");
  const { added = [], removed = [] } = change;
  for (const repository of added) installation.repositoryIds.add(repository.id);
  for (const repository of removed) installation.repositoryIds.delete(repository.id);
  installation.updatedAt = world.now();
  for (const action of ["added", "removed"] as const) {
    if ((change[action] ?? []).length === 0) continue;
    announce(world, {
      event: "installation_repositories",
      action,
      installation,
      sender,
      payload: {
        installation: installationShape(world, installation),
        repository_selection: "selected",
        repositories_added: action === "added" ? added.map(repositoryName) : [],
        repositories_removed: action === "removed" ? removed.map(repositoryName) : [],
        requester: null,
      },
    });
  }
}

export function repositoriesOf(world: World, installation: Installation): Repository[] {
  return [...world.repositories.values()].filter((repository) => reaches(installation, repository));
}

function tell(
  world: World,
  installation: Installation,
  action: "created" | "suspend" | "unsuspend",
  sender: Account,
  more: Record<string, unknown>,
): void {
  const shape = installationShape(world, installation);
  const { suspendedBy } = installation;
  announce(world, {
    event: "installation",
    action,
    installation,
    sender,
    payload: {
      installation: { ...shape, suspended_by: suspendedBy ? simpleUser(world, suspendedBy) : null },
      ...more,
    },
  });
}
