import type { CodeSearch, CodeSource, IndexedFile } from "@aicd/core";
import { buildSnapshot } from "./rank/build.ts";
import { type LookUp, lookUp } from "./rank/look-up.ts";
import { searchLookUp } from "./rank/search.ts";

export { type CodeSymbol, symbolsOf } from "./read/symbols.ts";

/** Files of a working tree, by git's ids of what they hold now. */
export type TreeFiles = Pick<CodeSource, "blobs"> & { files(): Promise<IndexedFile[]> };

/**
 * The same search over a working tree, in memory and without its past. Every question sees the tree as it
 * is then, and contents that were read before are not read again. A door of its own, because who needs only
 * this shall not load a database's client.
 */
export function createTreeSearch(tree: TreeFiles): CodeSearch {
  let last: { files: string; index: LookUp } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(): Promise<LookUp> {
    const files = await tree.files();
    const key = files.map(({ path, sha }) => `${sha} ${path}`).join("\n");
    if (last?.files === key) return last.index;
    const source: CodeSource = {
      commit: "",
      files: async () => files,
      blobs: (shas) => tree.blobs(shas),
      history: async () => [],
    };
    const index = lookUp(await buildSnapshot(last?.index.snapshot, source));
    last = { files: key, index };
    return index;
  }

  return {
    async search(query, { limit, signal }) {
      // Two at once would read the same contents twice.
      const next = turn.then(load, load);
      turn = next;
      const index = await next;
      signal?.throwIfAborted();
      return searchLookUp(index, query, limit);
    },
  };
}
