import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AicdError } from "@aicd/core";
import { type LocalGit, localGit } from "./git.ts";
import { addressOfName, type GitHubUrls } from "./repository-address.ts";

/** A directory as it is, or a clone of a repository on GitHub, in the current directory. */
export async function openRepository(
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
