import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { branchName, type Settings, type Snapshot } from "@aicd/core";
import { createTokenClients, type InstallationClients, openBranchName } from "@aicd/github";
import pc from "picocolors";
import type { LocalGit } from "./git.ts";
import { issueFromFile, issueFromGitHub } from "./issue.ts";
import { chooseModels, type Models } from "./models.ts";
import type { RunLocallyOptions } from "./options.ts";
import { openRepository, originOf } from "./repository.ts";
import { addressOfIssue, type RepositoryAddress } from "./repository-address.ts";
import { settingsAt } from "./settings.ts";

/** What is known before an agent begins. */
export type Prepared = {
  /** The repository whose commit is started from, and git in it. */
  home: string;
  git: LocalGit;
  startSha: string;
  snapshot: Snapshot;
  settings: Settings;
  models: Models;
  /** Where the issue is on GitHub; undefined for a file. */
  address: RepositoryAddress | undefined;
  /** Undefined without a token, or for a file. */
  clients: InstallationClients | undefined;
};

/** @throws AicdError when there is no such repository, issue or model */
export async function prepare(options: RunLocallyOptions, temp: string): Promise<Prepared> {
  const { env, write } = options;
  const { home, git, startSha } = await openRepository(options, temp);
  const named = existsSync(resolve(options.directory, options.repo)) ? undefined : options.repo;
  const where = addressOfIssue(options.issue, {
    repo: named,
    origin: await originOf(git),
    urls: env.githubUrls,
  });
  const clients = where === undefined ? undefined : clientsFor(where.address, env.githubToken, write);
  const snapshot =
    where === undefined
      ? await issueFromFile(resolve(options.directory, options.issue))
      : await issueFromGitHub(where.address, where.number, { clients });
  const settings = await settingsAt(git, startSha);
  const models = chooseModels({
    settings,
    env: env.model,
    agent: options.agent,
    provider: options.provider,
    model: options.model,
  });
  if (clients !== undefined && where !== undefined && options.local !== true) {
    await tellBranch(clients, where.address, { snapshot, write });
  }
  return { home, git, startSha, snapshot, settings, models, address: where?.address, clients };
}

/** Before anything is spent: where the usual name cannot be a branch on GitHub, which one it will be. */
async function tellBranch(
  { read }: InstallationClients,
  place: RepositoryAddress,
  { snapshot, write }: { snapshot: Snapshot; write: (text: string) => void },
): Promise<void> {
  const { number, title } = snapshot.issue;
  const { name, closedBy } = await openBranchName(read, place, branchName(number, title));
  if (closedBy === undefined) return;
  write(
    `On GitHub a branch is called \`${closedBy}\`, so none can be made below that name: the pull request's will begin with ${name}.\n`,
  );
}

function clientsFor(
  address: RepositoryAddress,
  token: string | undefined,
  write: (text: string) => void,
): InstallationClients | undefined {
  if (token === undefined) return undefined;
  const warn = (_fields: object, message: string) => write(pc.dim(`${message}\n`));
  // GitHub asks for a second between writes.
  return createTokenClients({ token, baseUrl: address.api, writeIntervalMs: 1_000, warn });
}
