import { announce } from "../webhooks/announce.ts";
import type { Account } from "../world/account.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { createRepository } from "./create.ts";
import { repositoryShape } from "./shape.ts";

/** Copies a repository with its branches to another account and tells the original. docs.github.com "Fork a repo". */
export async function forkRepository(
  world: World,
  repository: Repository,
  owner: Account,
  sender: Account,
): Promise<Repository> {
  const { id } = await createRepository(world, owner, repository.name, {
    from: repository.directory,
    private: repository.private,
    defaultBranch: repository.defaultBranch,
  });
  const fork = world.repositories.get(id);
  if (!fork) throw new Error(`${owner.login}/${repository.name} was not made`);
  fork.parent = repository;
  const payload = { forkee: { ...repositoryShape(world, fork), public: !fork.private } };
  announce(world, { event: "fork", action: null, repository, sender, payload });
  return fork;
}
