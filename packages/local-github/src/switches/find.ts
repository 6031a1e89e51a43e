import { accountNamed as find } from "../accounts/account.ts";
import type { Account } from "../world/account.ts";
import type { Issue, Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

export function repositoryNamed(world: World, fullName: string): Repository {
  const repository = world.names.get(fullName.toLowerCase());
  if (!repository) throw new Error(`there is no repository ${fullName}`);
  return repository;
}

export function accountNamed(world: World, login: string): Account {
  const account = find(world, login);
  if (!account) throw new Error(`there is no account ${login}`);
  return account;
}

export function issueNumbered(world: World, fullName: string, number: number): Issue {
  const issue = repositoryNamed(world, fullName).issues.get(number);
  if (!issue) throw new Error(`there is no issue ${fullName}#${number}`);
  return issue;
}

/** Whoever clicks in an account's settings: an owner of the organization, or the person. */
export function clicking(world: World, account: Account): Account {
  const owners = [...account.members].filter(([, role]) => role === "owner").map(([id]) => id);
  return [...world.accounts.values()].find((each) => owners.includes(each.id)) ?? account;
}
