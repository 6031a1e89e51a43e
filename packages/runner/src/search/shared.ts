import type { CodeHit, CodeSearch } from "@aicd/core";
import type { Lease, RunnerClient } from "@aicd/protocol";

/** Of reciprocal rank fusion: how much a first place counts over a tenth. The usual value. */
const SMOOTH = 60;

/**
 * Asks the checkout and, beside it, the control plane's index, which knows the repository's past. Scores of
 * the two cannot be compared, so their ranks are added up. What the checkout does not have is left out, and
 * where both found a file its lines are those of the checkout. Without the index the checkout answers alone.
 */
export function createSharedSearch(options: {
  own: CodeSearch;
  client: Pick<RunnerClient, "search">;
  lease: Lease;
  paths: () => Promise<ReadonlySet<string>>;
  /** Told what kept the index from answering, a lost lease for one. */
  onError: (error: unknown) => void;
}): CodeSearch {
  const { own, client, lease, paths, onError } = options;
  return {
    async search(query, { limit, signal }) {
      const asked = client.search(lease, { query, limit }).catch((error: unknown) => {
        onError(error);
        return undefined;
      });
      const [here, there] = await Promise.all([
        own.search(query, { limit, ...(signal === undefined ? {} : { signal }) }),
        asked,
      ]);
      if (there === undefined) return here;
      const present = await paths();
      return fuse(
        here,
        there.hits.filter(({ path }) => present.has(path)),
      ).slice(0, limit);
    },
  };
}

function fuse(here: readonly CodeHit[], there: readonly CodeHit[]): CodeHit[] {
  const found = new Map<string, CodeHit>();
  for (const hits of [here, there]) {
    hits.forEach((hit, rank) => {
      const score = 1 / (SMOOTH + rank + 1);
      const known = found.get(hit.path);
      found.set(hit.path, known === undefined ? { ...hit, score } : { ...known, score: known.score + score });
    });
  }
  return [...found.values()].sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}
