import type { AppOptions, RegisteredApp, Seeds } from "../people/seeds.ts";
import type { RepositoryOptions } from "../repositories/create.ts";

/** What a GitHub starts with, as a file says it. Repositories are named `owner/name`. */
export interface Seed {
  users?: string[];
  organizations?: Record<string, { owner?: string }>;
  repositories?: Record<string, RepositoryOptions>;
  /** `on` is the account each App is installed on, with all its repositories. */
  apps?: (AppOptions & { on?: string })[];
}

export interface Planted {
  /** Login to a token that acts as that person. */
  tokens: Record<string, string>;
  repositories: Record<string, string>;
  apps: (RegisteredApp & { installationId?: number })[];
}

/** Makes what the seed names, in the order that lets each thing name those before it. */
export async function plant(github: Seeds & { url: string }, seed: Seed): Promise<Planted> {
  const planted: Planted = { tokens: {}, repositories: {}, apps: [] };
  for (const login of seed.users ?? []) {
    await github.createUser(login);
    planted.tokens[login] = github.tokenFor(login);
  }
  for (const [login, options] of Object.entries(seed.organizations ?? {})) {
    await github.createOrganization(login, options);
  }
  for (const [fullName, options] of Object.entries(seed.repositories ?? {})) {
    const [owner = "", name = ""] = fullName.split("/");
    await github.createRepository(owner, name, options);
    planted.repositories[fullName] = `${github.url}/${fullName}`;
  }
  for (const { on, ...options } of seed.apps ?? []) {
    const app = await github.registerApp(options);
    planted.apps.push(on ? { ...app, ...(await github.installApp(app, on, "all")) } : app);
  }
  return planted;
}
