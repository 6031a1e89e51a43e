import type { IndexScope } from "@aicd/core";
import { INDEX_LIMITS } from "./limits.ts";
import { type LookUp, lookUp } from "./rank/look-up.ts";
import type { Snapshot } from "./rank/snapshot.ts";

type Entry = { generation: string; index: LookUp };

/** Repositories that were asked about lately, ready in memory; the one not used for longest goes first. */
export function createOpen(read: (scope: IndexScope) => Promise<Snapshot | undefined>) {
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<LookUp | undefined>>();

  function shrink(): void {
    let bytes = 0;
    for (const { index } of entries.values()) bytes += index.bytes;
    for (const [key, { index }] of entries) {
      const isFine = entries.size <= INDEX_LIMITS.openRepositories && bytes <= INDEX_LIMITS.openBytes;
      if (isFine || entries.size === 1) return;
      entries.delete(key);
      bytes -= index.bytes;
    }
  }

  async function load(key: string, generation: string, scope: IndexScope): Promise<LookUp | undefined> {
    const snapshot = await read(scope);
    if (snapshot === undefined) return undefined;
    const index = lookUp(snapshot);
    entries.delete(key);
    // A newer file may have been read than was looked at; the next question then reads it once more.
    entries.set(key, { generation, index });
    shrink();
    return index;
  }

  return {
    async get(key: string, generation: string, scope: IndexScope): Promise<LookUp | undefined> {
      const entry = entries.get(key);
      if (entry?.generation === generation) {
        entries.delete(key);
        entries.set(key, entry);
        return entry.index;
      }
      const name = `${key} ${generation}`;
      const running = loading.get(name) ?? load(key, generation, scope).finally(() => loading.delete(name));
      loading.set(name, running);
      return running;
    },
    /** Without reading anything. */
    peek(key: string, generation: string): LookUp | undefined {
      const entry = entries.get(key);
      return entry?.generation === generation ? entry.index : undefined;
    },
    /** All whose key begins so. */
    forget(prefix: string): void {
      for (const key of [...entries.keys()]) if (key.startsWith(prefix)) entries.delete(key);
    },
  };
}
