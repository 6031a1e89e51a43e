import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AicdError, type IndexScope, parseId, type TenantId } from "@aicd/core";
import { runGit } from "./git.ts";

/** A bigger repository is not indexed: it would fill the disk that all tenants share. */
const MIRROR_BYTES = 2 * 1024 * 1024 * 1024;
const IDLE_MS = 7 * 24 * 60 * 60_000;
const WATCH_MS = 1_000;
/** Commits whose messages vote for the files they changed; the newest know best. */
const HISTORY_COMMITS = 3_000;

/** What was fetched: the files of `commit`, and in a directory of its own the commits before it. */
export type Mirror = { commit: string; tipDir: string; historyDir: string };

export type Mirrors = {
  /**
   * The default branch as it is now, of `url`. The token is for reading this one repository.
   * @throws AicdError `missing` when there is no commit, `too_large`, `broken` with git's words
   */
  fetch(scope: IndexScope, from: { url: string; token: string; signal: AbortSignal }): Promise<Mirror>;
  drop(scope: IndexScope): Promise<void>;
  /** Drops a mirror that nothing was fetched into for a week. */
  dropIdle(scope: IndexScope): Promise<void>;
  dropTenant(tenantId: TenantId): Promise<void>;
  /** What lies on this disk. */
  list(): Promise<IndexScope[]>;
};

/**
 * Copies of tenants' repositories on this worker's disk, kept so that a push costs only what it changed.
 * Two git directories each: one holds a single commit with its files, the other commits without files;
 * so neither ever finds that something is missing.
 */
export function createMirrors(options: { directory: string; path: string; bytes?: number }): Mirrors {
  const { directory, path, bytes = MIRROR_BYTES } = options;
  const homeOf = ({ tenantId, repositoryId }: IndexScope) => join(directory, tenantId, repositoryId);

  async function bring(
    scope: IndexScope,
    from: { url: string; token: string; signal: AbortSignal },
  ): Promise<Mirror> {
    const home = homeOf(scope);
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
    const git = (dir: string, ...args: string[]) =>
      runGit(args, { cwd: dir, env: { ...env, GIT_DIR: dir }, signal: guard.signal });
    try {
      const [tipDir, historyDir] = [join(home, "tip.git"), join(home, "history.git")];
      for (const dir of [tipDir, historyDir]) {
        await mkdir(dir, { recursive: true });
        await git(dir, "init", "--quiet", "--bare", "--template=", "--initial-branch=tip", "--", dir);
        // Named, because a partial clone belongs to a remote.
        await git(dir, "config", "remote.origin.url", from.url);
      }
      await git(tipDir, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", "+HEAD:refs/heads/tip");
      const commit = (await git(tipDir, "rev-parse", "--verify", "refs/heads/tip^{commit}")).trim();
      const partial = ["--filter=blob:none", `--depth=${HISTORY_COMMITS}`];
      await git(
        historyDir,
        "fetch",
        "--quiet",
        "--no-tags",
        ...partial,
        "origin",
        `+${commit}:refs/heads/tip`,
      );
      return { commit, tipDir, historyDir };
    } catch (error) {
      if (guard.full())
        throw new AicdError("too_large", `The repository is larger than ${Math.round(bytes / 2 ** 20)} MiB.`);
      throw error;
    } finally {
      guard.close();
      await rm(secretDir, { recursive: true, force: true });
    }
  }

  return {
    async fetch(scope, from) {
      try {
        return await bring(scope, from);
      } catch (error) {
        // What a killed git left behind, or a history that was rewritten: once more, from nothing.
        await rm(homeOf(scope), { recursive: true, force: true });
        if (from.signal.aborted || (error instanceof AicdError && error.kind !== "broken")) throw error;
        try {
          return await bring(scope, from);
        } catch (again) {
          await rm(homeOf(scope), { recursive: true, force: true });
          throw isEmpty(again) ? new AicdError("missing", "The repository has no commit yet.") : again;
        }
      }
    },
    drop: (scope) => rm(homeOf(scope), { recursive: true, force: true }),
    async dropIdle(scope) {
      // Each fetch makes and removes a file of its own in there, which dates the directory.
      const { mtimeMs } = await stat(homeOf(scope));
      if (Date.now() - mtimeMs > IDLE_MS) await rm(homeOf(scope), { recursive: true, force: true });
    },
    dropTenant: (tenantId) => rm(join(directory, tenantId), { recursive: true, force: true }),
    async list() {
      const scopes: IndexScope[] = [];
      for (const tenant of await names(directory)) {
        const tenantId = parseId("tenant", tenant);
        if (tenantId === undefined) continue;
        for (const repository of await names(join(directory, tenant))) {
          const repositoryId = parseId("repository", repository);
          if (repositoryId !== undefined) scopes.push({ tenantId, repositoryId });
        }
      }
      return scopes;
    },
  };
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

function isEmpty(error: unknown): boolean {
  return error instanceof AicdError && /couldn't find remote ref HEAD/i.test(error.message);
}

async function names(directory: string): Promise<string[]> {
  // There is no directory before the first repository, and none any more after the last.
  return readdir(directory).catch(() => []);
}
