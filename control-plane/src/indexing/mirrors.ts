import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AicdError, type IndexScope, parseId, type TenantId } from "@aicd/core";
import { fetchMirror, type Mirror, type Origin } from "./fetch-mirror.ts";

/** A bigger repository is not indexed: it would fill the disk that all tenants share. */
const MIRROR_BYTES = 2 * 1024 * 1024 * 1024;
const IDLE_MS = 7 * 24 * 60 * 60_000;

export type Mirrors = {
  /**
   * The default branch as it is now.
   * @throws AicdError `missing` when there is no commit, `too_large`, `broken` with git's words
   */
  fetch(scope: IndexScope, from: Origin): Promise<Mirror>;
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

  return {
    async fetch(scope, from) {
      const mirror = { home: homeOf(scope), path, bytes };
      try {
        return await fetchMirror(mirror, from);
      } catch (error) {
        // What a killed git left behind, or a history that was rewritten: once more, from nothing.
        await rm(mirror.home, { recursive: true, force: true });
        if (from.signal.aborted || (error instanceof AicdError && error.kind !== "broken")) throw error;
        try {
          return await fetchMirror(mirror, from);
        } catch (again) {
          await rm(mirror.home, { recursive: true, force: true });
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
    list: () => listScopes(directory),
  };
}

async function listScopes(directory: string): Promise<IndexScope[]> {
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
}

function isEmpty(error: unknown): boolean {
  return error instanceof AicdError && /couldn't find remote ref HEAD/i.test(error.message);
}

async function names(directory: string): Promise<string[]> {
  // There is no directory before the first repository, and none any more after the last.
  return readdir(directory).catch(() => []);
}
