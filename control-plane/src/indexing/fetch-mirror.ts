import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AicdError } from "@aicd/core";
import { runGit } from "./git.ts";

const WATCH_MS = 1_000;
/** Commits whose messages vote for the files they changed; the newest know best. */
const HISTORY_COMMITS = 3_000;

/** What was fetched: the files of `commit`, and in a directory of its own the commits before it. */
export type Mirror = { commit: string; tipDir: string; historyDir: string };

/** The token is for reading this one repository. */
export type Origin = { url: string; token: string; signal: AbortSignal };

/** @throws AicdError `too_large` when the mirror at `home` outgrows `bytes`, `broken` with git's words */
export async function fetchMirror(
  { home, path, bytes }: { home: string; path: string; bytes: number },
  from: Origin,
): Promise<Mirror> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  // The token is in a file of ours, not in the environment or the arguments that others may list.
  const secretDir = await mkdtemp(join(home, "fetch-"));
  const config = join(secretDir, "gitconfig");
  await writeFile(config, configFor(from.token), { mode: 0o600 });
  const guard = watch(home, bytes, from.signal);
  const env = {
    PATH: path,
    HOME: secretDir,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: config,
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
  };
  try {
    return await bring(home, from.url, (dir, ...args) =>
      runGit(args, { cwd: dir, env: { ...env, GIT_DIR: dir }, signal: guard.signal }),
    );
  } catch (error) {
    if (guard.full())
      throw new AicdError("too_large", `The repository is larger than ${Math.round(bytes / 2 ** 20)} MiB.`);
    throw error;
  } finally {
    guard.close();
    await rm(secretDir, { recursive: true, force: true });
  }
}

/** One commit with its files, and without files the commits before it. */
async function bring(
  home: string,
  url: string,
  git: (dir: string, ...args: string[]) => Promise<string>,
): Promise<Mirror> {
  const [tipDir, historyDir] = [join(home, "tip.git"), join(home, "history.git")];
  for (const dir of [tipDir, historyDir]) {
    await mkdir(dir, { recursive: true });
    await git(dir, "init", "--quiet", "--bare", "--template=", "--initial-branch=tip", "--", dir);
    // Named, because a partial clone belongs to a remote.
    await git(dir, "config", "remote.origin.url", url);
  }
  const fetch = ["fetch", "--quiet", "--no-tags"];
  await git(tipDir, ...fetch, "--depth=1", "origin", "+HEAD:refs/heads/tip");
  const commit = (await git(tipDir, "rev-parse", "--verify", "refs/heads/tip^{commit}")).trim();
  const partial = ["--filter=blob:none", `--depth=${HISTORY_COMMITS}`];
  await git(historyDir, ...fetch, ...partial, "origin", `+${commit}:refs/heads/tip`);
  return { commit, tipDir, historyDir };
}

function configFor(token: string): string {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return `[http]
\textraHeader = AUTHORIZATION: basic ${basic}
\tfollowRedirects = false
[protocol]
\tversion = 2
\tallow = never
[protocol "https"]
\tallow = always
[protocol "http"]
\tallow = always
[core]
\thooksPath = /dev/null
\tfsmonitor = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[safe]
\tdirectory = *
`;
}

/** Stops a fetch that would fill the disk. */
function watch(
  home: string,
  most: number,
  outer: AbortSignal,
): { signal: AbortSignal; full(): boolean; close(): void } {
  const inner = new AbortController();
  let full = false;
  const timer = setInterval(async () => {
    // What is measured changes while it is measured; the next look will do.
    const size = await sizeOf(home).catch(() => 0);
    if (size <= most) return;
    full = true;
    inner.abort(new AicdError("too_large", "The repository is too large."));
  }, WATCH_MS);
  return {
    signal: AbortSignal.any([outer, inner.signal]),
    full: () => full,
    close: () => clearInterval(timer),
  };
}

async function sizeOf(directory: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return sum;
}
