import { randomBytes } from "node:crypto";
import { addAccount } from "../accounts/account.ts";
import { registerApp, slugOf } from "../apps/app.ts";
import { changeRepositories, install, setSuspended, uninstall } from "../apps/installation.ts";
import type { Permissions } from "../http/permissions.ts";
import {
  createRepository,
  type RepositoryOptions,
  renameRepository,
  setPrivate,
} from "../repositories/create.ts";
import { accountNamed, clicking, repositoryNamed } from "../switches/find.ts";
import type { Account, Role } from "../world/account.ts";
import type { Installation } from "../world/app.ts";
import type { World } from "../world/world.ts";

export interface RegisteredApp {
  appId: number;
  slug: string;
  clientId: string;
  clientSecret: string;
  webhookSecret: string;
  privateKeyPem: string;
  /** Login and id of the account it acts as. */
  bot: { login: string; id: number };
}

export interface AppOptions {
  name: string;
  slug?: string;
  /** Login of the owner; the first account when absent. */
  owner?: string;
  webhookUrl?: string;
  webhookSecret?: string;
  permissions: Permissions;
  events: readonly string[];
}

/** What stands for clicking through github.com: accounts, repositories, Apps. Repositories are named `owner/name`. */
export interface Seeds {
  createOrganization(login: string, options?: { owner?: string }): Promise<{ id: number; login: string }>;
  createUser(login: string, options?: { name?: string }): Promise<{ id: number; login: string }>;
  /** Makes a person an owner or a member of an organization, or nothing in it any more. */
  setMembership(organization: string, login: string, role: "owner" | "member" | undefined): Promise<void>;
  /** A token that acts as the user, as a personal access token would. */
  tokenFor(login: string): string;
  createRepository(
    owner: string,
    name: string,
    options?: RepositoryOptions,
  ): Promise<{ id: number; fullName: string; directory: string }>;
  renameRepository(fullName: string, name: string): Promise<void>;
  setPrivate(fullName: string, isPrivate: boolean): Promise<void>;
  addCollaborator(fullName: string, login: string, role: Role): Promise<void>;
  removeCollaborator(fullName: string, login: string): Promise<void>;
  setSecret(fullName: string, name: string, value: string): void;
  setVariable(fullName: string, name: string, value: string): void;
  registerApp(options: AppOptions): Promise<RegisteredApp>;
  /** Points an App's webhook somewhere else, for receivers that start after the App exists. */
  setWebhook(appId: number, url: string): void;
  installApp(
    app: { appId: number },
    account: string,
    repositories: readonly string[] | "all",
  ): Promise<{ installationId: number }>;
  changeInstallation(
    installationId: number,
    change: { add?: readonly string[]; remove?: readonly string[] },
  ): Promise<void>;
  suspendInstallation(installationId: number, suspended: boolean): Promise<void>;
  uninstallApp(installationId: number): Promise<void>;
}

export function createSeeds(world: World): Seeds {
  return {
    async createOrganization(login, options = {}) {
      const { id } = addAccount(world, login, "Organization");
      if (options.owner)
        accountNamed(world, login).members.set(accountNamed(world, options.owner).id, "owner");
      return { id, login };
    },
    async createUser(login, options = {}) {
      const { id } = addAccount(world, login, "User", options.name ?? null);
      return { id, login };
    },
    async setMembership(organization, login, role) {
      const { members } = accountNamed(world, organization);
      const { id } = accountNamed(world, login);
      if (role) members.set(id, role);
      else members.delete(id);
    },
    tokenFor: (login) => userToken(world, accountNamed(world, login)),
    createRepository: (owner, name, options = {}) =>
      createRepository(world, accountNamed(world, owner), name, options),
    renameRepository: async (fullName, name) => {
      const repository = repositoryNamed(world, fullName);
      renameRepository(world, repository, name, clicking(world, repository.owner));
    },
    setPrivate: async (fullName, isPrivate) => {
      const repository = repositoryNamed(world, fullName);
      setPrivate(world, repository, isPrivate, clicking(world, repository.owner));
    },
    async addCollaborator(fullName, login, role) {
      const account = accountNamed(world, login);
      repositoryNamed(world, fullName).collaborators.set(account.id, { account, role });
    },
    async removeCollaborator(fullName, login) {
      repositoryNamed(world, fullName).collaborators.delete(accountNamed(world, login).id);
    },
    setSecret: (fullName, name, value) => void repositoryNamed(world, fullName).secrets.set(name, value),
    setVariable: (fullName, name, value) => void repositoryNamed(world, fullName).variables.set(name, value),
    registerApp: (options) => register(world, options),
    setWebhook(appId, url) {
      const app = world.apps.get(appId);
      if (!app) throw new Error(`there is no App ${appId}`);
      app.webhookUrl = url;
    },
    async installApp({ appId }, login, repositories) {
      const app = world.apps.get(appId);
      if (!app) throw new Error(`there is no App ${appId}`);
      const account = accountNamed(world, login);
      const chosen =
        repositories === "all" ? "all" : repositories.map((name) => repositoryNamed(world, name));
      return { installationId: install(world, app, account, chosen, clicking(world, account)).id };
    },
    async changeInstallation(id, change) {
      const installation = installationOf(world, id);
      const named = (names: readonly string[] = []) => names.map((name) => repositoryNamed(world, name));
      const sender = clicking(world, installation.account);
      changeRepositories(
        world,
        installation,
        { added: named(change.add), removed: named(change.remove) },
        sender,
      );
    },
    async suspendInstallation(id, suspended) {
      const installation = installationOf(world, id);
      setSuspended(world, installation, suspended, clicking(world, installation.account));
    },
    async uninstallApp(id) {
      const installation = installationOf(world, id);
      uninstall(world, installation, clicking(world, installation.account));
    },
  };
}

/** One token a person, so that asking twice gives the same. */
export function userToken(world: World, account: Account): string {
  for (const [token, identity] of world.tokens) {
    if (identity.kind === "user" && !identity.viaApp && identity.account === account) return token;
  }
  const token = `ghp_${randomBytes(27).toString("base64url").replaceAll(/[-_]/g, "x")}`;
  world.tokens.set(token, { kind: "user", account });
  return token;
}

function installationOf(world: World, id: number): Installation {
  const installation = world.installations.get(id);
  if (!installation) throw new Error(`there is no installation ${id}`);
  return installation;
}

async function register(world: World, options: AppOptions): Promise<RegisteredApp> {
  const owner = options.owner ? accountNamed(world, options.owner) : [...world.accounts.values()][0];
  if (!owner) throw new Error("an App needs an account that owns it; create one first");
  const app = await registerApp(world, {
    name: options.name,
    slug: options.slug ?? slugOf(options.name),
    owner,
    webhookUrl: options.webhookUrl,
    webhookSecret: options.webhookSecret ?? randomBytes(20).toString("hex"),
    permissions: options.permissions,
    events: options.events,
  });
  const { id: appId, slug, clientId, clientSecret, webhookSecret, privateKeyPem, bot } = app;
  return {
    appId,
    slug,
    clientId,
    clientSecret,
    webhookSecret,
    privateKeyPem,
    bot: { login: bot.login, id: bot.id },
  };
}
