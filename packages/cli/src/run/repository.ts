import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AicdError } from "@aicd/core";
import { type LocalGit, localGit } from "./git.ts";
import { addressOfName, type GitHubUrls } from "./repository-address.ts";

export type Opened = {
  /** The top of the repository. */
  home: string;
  git: LocalGit;
  startSha: string;
};

/**
 * A directory as it is, or a clone of a repository on GitHub, in the current directory.
 * @throws AicdError with what is missing and how to mend it, when there is no commit to start from
 */
export async function openRepository(options: Parameters<typeof find>[0], temp: string): Promise<Opened> {
  const found = await find(options, temp);
  if (!existsSync(found)) {
    const fix = "Name a folder, or owner/name of a repository on GitHub, with --repo";
    throw new AicdError("missing", `${found} is not there. ${fix}.`);
  }
  const inside = localGit(found, options.env.base);
  let home: string;
  try {
    const isBare = (await inside(["rev-parse", "--is-bare-repository"])) === "true";
    home = await inside(["rev-parse", isBare ? "--absolute-git-dir" : "--show-toplevel"]);
  } catch (cause) {
    if (!(cause instanceof AicdError) || !cause.message.includes("not a git repository")) throw cause;
    const fix = "Name one with --repo, or make it one: git init && git add --all && git commit";
    throw new AicdError("invalid", `${found} is not a git repository. ${fix}.`, { cause });
  }
  const git = localGit(home, options.env.base);
  try {
    return { home, git, startSha: await git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) };
  } catch (cause) {
    const branch = await git(["symbolic-ref", "--short", "HEAD"]).catch(() => "HEAD");
    const fix = "Commit something first, or switch to a branch that has commits";
    throw new AicdError("invalid", `${home} has no commit on ${branch} to start from. ${fix}.`, { cause });
  }
}

async function find(
  options: {
    repo: string;
    directory: string;
    env: {
      base: Record<string, string>;
      githubToken: string | undefined;
      githubUrls?: GitHubUrls | undefined;
    };
  },
  temp: string,
): Promise<string> {
  const { repo, directory, env } = options;
  const here = resolve(directory, repo);
  const address = addressOfName(repo, env.githubUrls);
  if (existsSync(here) || address === undefined) return here;
  const clone = resolve(directory, address.name);
  if (existsSync(clone)) {
    throw new AicdError("invalid", `${clone} is there already; name it with --repo, or run this elsewhere.`);
  }
  const access = env.githubToken === undefined ? {} : gitAccess(env.githubToken, address.server);
  // Cloned aside first: an interrupted clone must not pass for a repository the next time.
  const aside = join(temp, "clone");
  const url = `${address.server}/${address.owner}/${address.name}.git`;
  await localGit(directory, { ...env.base, ...access })(["clone", "--quiet", "--", url, aside]);
  await cp(aside, clone, { recursive: true });
  return clone;
}

/** The token by git's environment: neither on disk nor on a command line. */
function gitAccess(token: string, server: string): Record<string, string> {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${server}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
    GIT_TERMINAL_PROMPT: "0",
  };
}

export async function originOf(git: LocalGit): Promise<string | undefined> {
  try {
    return await git(["config", "--get", "remote.origin.url"]);
  } catch {
    // Without an origin only files and URLs name an issue.
    return undefined;
  }
}
