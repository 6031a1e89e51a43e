import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  AicdError,
  type CodeIndex,
  type IndexCount,
  type IndexReport,
  type IndexScope,
  parseId,
  type TenantId,
} from "@aicd/core";
import { createKeyedQueue } from "../keyed-queue.ts";
import { createOpen } from "../open.ts";
import { buildSnapshot } from "../rank/build.ts";
import { searchLookUp } from "../rank/search.ts";
import type { Snapshot } from "../rank/snapshot.ts";
import { checkScope } from "../scope.ts";
import { repositoryDirectory, tenantDirectory } from "./directories.ts";
import { generationOf, isAbsent, readSnapshot, writeSnapshot } from "./files.ts";

/**
 * The index as files: `<directory>/<tenant>/<repository>/index`. One process writes; any number search,
 * and see a new generation at their next question. A file that cannot be understood counts as none.
 */
export function createEmbeddedIndex({ directory }: { directory: string }): CodeIndex {
  const opened = createOpen((scope) => readSnapshot(directory, scope));
  const updates = createKeyedQueue();
  let isClosed = false;

  function whileOpen(): void {
    if (isClosed) throw new AicdError("unavailable", "The code index is closed.");
  }

  return {
    async update(given, source, { signal, onProgress } = {}) {
      whileOpen();
      const scope = checkScope(given);
      return updates.run(keyOf(scope), signal, async (stop) => {
        const generation = await generationOf(directory, scope);
        const known = generation === undefined ? undefined : opened.peek(keyOf(scope), generation);
        const before = known?.snapshot ?? (await readSnapshot(directory, scope));
        const snapshot = await buildSnapshot(before, source, { signal: stop, onProgress });
        stop.throwIfAborted();
        await writeSnapshot(directory, scope, snapshot);
        return reportOf(snapshot, await sizeOf(repositoryDirectory(directory, scope)));
      });
    },
    async search(given, query, { limit, signal }) {
      whileOpen();
      signal?.throwIfAborted();
      const scope = checkScope(given);
      const generation = await generationOf(directory, scope);
      const index = generation === undefined ? undefined : await opened.get(keyOf(scope), generation, scope);
      signal?.throwIfAborted();
      if (index === undefined) return undefined;
      return { commit: index.snapshot.commit, hits: searchLookUp(index, query, limit) };
    },
    async dropRepository(given) {
      whileOpen();
      const scope = checkScope(given);
      await updates.interrupt(keyOf(scope), () =>
        rm(repositoryDirectory(directory, scope), { recursive: true, force: true }),
      );
      opened.forget(keyOf(scope));
    },
    async dropTenant(tenantId) {
      whileOpen();
      const place = tenantDirectory(directory, tenantId);
      const running = updates.keys().filter((key) => key.startsWith(`${tenantId}/`));
      await Promise.all(running.map((key) => updates.interrupt(key, async () => undefined)));
      await rm(place, { recursive: true, force: true });
      opened.forget(`${tenantId}/`);
    },
    async count(tenantId) {
      whileOpen();
      const total: IndexCount = { repositories: 0, files: 0, passages: 0, vectors: 0, commits: 0, bytes: 0 };
      for (const scope of await repositoriesOf(directory, tenantId)) {
        total.bytes += await sizeOf(repositoryDirectory(directory, scope));
        const snapshot = await readSnapshot(directory, scope);
        if (snapshot === undefined) continue;
        const report = reportOf(snapshot, 0);
        total.repositories += 1;
        total.files += report.files;
        total.passages += report.passages;
        total.vectors += snapshot.vectors.values.length / Math.max(1, snapshot.vectors.dimensions);
        total.commits += report.commits;
      }
      return total;
    },
    async close() {
      isClosed = true;
      await updates.close();
      opened.forget("");
    },
  };
}

function keyOf({ tenantId, repositoryId }: IndexScope): string {
  return `${tenantId}/${repositoryId}`;
}

function reportOf(snapshot: Snapshot, bytes: number): IndexReport {
  return {
    commit: snapshot.commit,
    files: snapshot.paths.length,
    passages: snapshot.passages.symbols.length,
    commits: snapshot.commitShas.length,
    bytes,
    left: snapshot.left,
  };
}

async function repositoriesOf(directory: string, tenantId: TenantId): Promise<IndexScope[]> {
  try {
    const names = await readdir(tenantDirectory(directory, tenantId));
    return names.flatMap((name) => {
      const repositoryId = parseId("repository", name);
      return repositoryId === undefined ? [] : [{ tenantId, repositoryId }];
    });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Bytes of all files, also of those a killed writer left. */
async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  try {
    for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  } catch (error) {
    // It may be dropped while we look.
    if (!isAbsent(error)) throw error;
  }
  return bytes;
}
