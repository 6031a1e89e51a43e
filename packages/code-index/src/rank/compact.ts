import type { Lists } from "./lists.ts";
import type { Snapshot } from "./snapshot.ts";

/** Words nobody uses any more are dropped when they are this many, and this share of all. */
const FEW = 1_000;
const SHARE = 0.3;

/** The same with a vocabulary of only what is used, when much of it no longer is. */
export function compact(snapshot: Snapshot): Snapshot {
  const { terms, termBlobs, passageWords, commitWords, nameWords } = snapshot;
  const isUsed = new Uint8Array(terms.length);
  for (const { items } of [passageWords, commitWords, nameWords]) for (const term of items) isUsed[term] = 1;
  // Where the words of passages are kept elsewhere, their counts tell.
  for (const [term, blobs] of termBlobs.entries()) if (blobs > 0) isUsed[term] = 1;
  const used = isUsed.reduce((sum, one) => sum + one, 0);
  const unused = terms.length - used;
  if (unused < FEW || unused < terms.length * SHARE) return snapshot;
  const renumbered = new Uint32Array(terms.length);
  let next = 0;
  for (const [term, one] of isUsed.entries()) if (one === 1) renumbered[term] = next++;
  const renumber = <L extends Lists>(lists: L): L => ({
    ...lists,
    items: lists.items.map((term) => renumbered[term] ?? 0),
  });
  return {
    ...snapshot,
    terms: terms.filter((_, term) => isUsed[term] === 1),
    termBlobs: termBlobs.filter((_, term) => isUsed[term] === 1),
    passageWords: renumber(passageWords),
    commitWords: renumber(commitWords),
    nameWords: renumber(nameWords),
  };
}
