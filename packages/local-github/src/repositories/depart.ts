import { organizationSimple, simpleUser } from "../accounts/shape.ts";
import { cancelRun } from "../actions/run.ts";
import { changeRepositories } from "../apps/installation.ts";
import { reaches } from "../http/door.ts";
import { setIssueState } from "../issues/issue.ts";
import { announce } from "../webhooks/announce.ts";
import type { Account } from "../world/account.ts";
import type { Installation } from "../world/app.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

/** Makes a repository read-only, or writable again. docs.github.com "Archiving repositories". */
export function setArchived(world: World, repository: Repository, archived: boolean, sender: Account): void {
  if (repository.archived === archived) return;
  repository.archived = archived;
  repository.updatedAt = world.now();
  announce(world, {
    event: "repository",
    action: archived ? "archived" : "unarchived",
    repository,
    sender,
    payload: {},
  });
}

/** Deletes a repository: it is told while it can still be named, then it is gone like its names. */
export function deleteRepository(world: World, repository: Repository, sender: Account): void {
  announce(world, { event: "repository", action: "deleted", repository, sender, payload: {} });
  for (const run of world.runs.values()) if (run.repository === repository) cancelRun(run);
  for (const other of world.repositories.values()) loseFork(world, other, repository, sender);
  for (const installation of chosenBy(world, repository)) {
    changeRepositories(world, installation, { removed: [repository] }, sender);
  }
  world.repositories.delete(repository.id);
  world.nodes.delete(repository.nodeId);
  for (const [name, named] of world.names) if (named === repository) world.names.delete(name);
}

/** docs.github.com "What happens to forks when a repository is deleted": what a deleted fork had asked for is closed. */
function loseFork(world: World, home: Repository, fork: Repository, sender: Account): void {
  if (home.parent === fork) home.parent = undefined;
  if (home === fork) return;
  for (const { pull } of home.issues.values()) {
    if (pull?.headRepository !== fork) continue;
    pull.headRepository = undefined;
    if (pull.issue.state === "open") {
      setIssueState(world, pull.issue, "closed", null, { account: sender, viaApp: undefined });
    }
  }
}

/**
 * Hands a repository to another account. Old names redirect; Apps of the old owner lose sight of it, those of the new
 * one that see all its repositories gain it. docs.github.com "Transferring a repository".
 */
export function transferRepository(world: World, repository: Repository, to: Account, sender: Account): void {
  const from = repository.owner;
  const key = `${to.login}/${repository.name}`.toLowerCase();
  if (world.names.has(key)) throw new Error(`${key} already exists`);
  for (const installation of chosenBy(world, repository)) {
    changeRepositories(world, installation, { removed: [repository] }, sender);
  }
  repository.owner = to;
  repository.updatedAt = world.now();
  world.names.set(key, repository);
  const owner =
    from.type === "Organization"
      ? { organization: organizationSimple(world, from) }
      : { user: simpleUser(world, from) };
  announce(world, {
    event: "repository",
    action: "transferred",
    repository,
    sender,
    payload: { changes: { owner: { from: owner } } },
  });
}

/** Installations that were given this repository by name. */
function chosenBy(world: World, repository: Repository): Installation[] {
  return [...world.installations.values()].filter(
    (each) => each.selection === "selected" && reaches(each, repository),
  );
}
