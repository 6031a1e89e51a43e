import type { Snapshot } from "./snapshot.ts";

/** Terms and their numbers, and how many contents have each. Those of `before` keep their numbers. */
export function createVocabulary(before: Snapshot | undefined) {
  const terms = [...(before?.terms ?? [])];
  const ids = new Map(terms.map((term, id) => [term, id]));
  const termBlobs = [...(before?.termBlobs ?? [])];

  function idOf(term: string): number {
    let id = ids.get(term);
    if (id === undefined) {
      id = terms.length;
      terms.push(term);
      ids.set(term, id);
    }
    return id;
  }

  return {
    idOf,
    /** A content that was not there before has these terms. */
    count(added: Iterable<string>): void {
      for (const term of added) {
        const id = idOf(term);
        termBlobs[id] = (termBlobs[id] ?? 0) + 1;
      }
    },
    /** Takes out the contents of `old` that are not kept any more. */
    settle(old: Snapshot, isKept: Uint8Array): void {
      const kept = isKept.reduce((sum, one) => sum + one, 0);
      if (old.passageWords.items.length === 0) {
        // The words are kept elsewhere: those that are gone are taken for average ones.
        const share = kept / Math.max(1, isKept.length);
        for (const [term, blobs] of old.termBlobs.entries()) {
          termBlobs[term] = (termBlobs[term] ?? 0) - blobs + Math.round(blobs * share);
        }
        return;
      }
      for (const [blob, one] of isKept.entries()) {
        if (one === 1) continue;
        for (const term of termsAt(old, blob)) termBlobs[term] = Math.max(0, (termBlobs[term] ?? 0) - 1);
      }
    },
    taken: (): Pick<Snapshot, "terms" | "termBlobs"> => ({
      terms,
      termBlobs: Uint32Array.from(terms, (_, term) => termBlobs[term] ?? 0),
    }),
  };
}

function termsAt({ passages, passageWords }: Snapshot, blob: number): Set<number> {
  const { starts, items } = passageWords;
  const [first, end] = [passages.starts[blob] ?? 0, passages.starts[blob + 1] ?? 0];
  return new Set(items.subarray(starts[first] ?? 0, starts[end] ?? 0));
}
