import type { Account, AccountType } from "../world/account.ts";
import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

const NODE_KIND = { User: "account", Organization: "organization", Bot: "bot" } as const;

/** Adds an account; logins are unique whatever their case, as on GitHub. */
export function addAccount(
  world: World,
  login: string,
  type: AccountType,
  name: string | null = null,
): Account {
  const key = login.toLowerCase();
  if (world.accounts.has(key)) throw new Error(`the account ${login} already exists`);
  const account: Account = {
    ...world.mint(NODE_KIND[type]),
    login,
    name,
    type,
    createdAt: world.now(),
    members: new Map(),
  };
  world.accounts.set(key, account);
  world.nodes.set(account.nodeId, { type: "Account", value: account });
  return account;
}

export function accountNamed(world: World, login: string): Account | undefined {
  return world.accounts.get(login.toLowerCase());
}

/** The account a workflow's GITHUB_TOKEN acts as. */
export function actionsBot(world: World): Account {
  return accountNamed(world, "github-actions[bot]") ?? addAccount(world, "github-actions[bot]", "Bot");
}

/** Name and address GitHub writes into commits made in an account's name. */
export function signatureOf(account: Account): { name: string; email: string } {
  return {
    name: account.name ?? account.login,
    email: `${account.id}+${account.login}@users.noreply.github.com`,
  };
}

/** The account behind a commit's address, which GitHub knows by its noreply form. */
export function accountByEmail(world: World, email: string): Account | undefined {
  const match = /^(?:(\d+)\+)?(.+)@users\.noreply\.github\.com$/.exec(email);
  return match?.[2] ? accountNamed(world, match[2]) : undefined;
}

export type Association = "OWNER" | "MEMBER" | "COLLABORATOR" | "NONE";

export function associationOf(repository: Repository, account: Account): Association {
  if (repository.owner === account) return "OWNER";
  if (repository.owner.members.has(account.id)) return "MEMBER";
  return repository.collaborators.has(account.id) ? "COLLABORATOR" : "NONE";
}
