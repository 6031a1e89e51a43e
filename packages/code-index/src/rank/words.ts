import type { LookUp } from "./look-up.ts";

/** A word of a question that the repository has. */
export type Word = { id: number; term: string; weight: number };

/** What each word tells: much when few files have it, nothing when all do. */
export function wordsOf(index: LookUp, stresses: ReadonlyMap<string, number>): Word[] {
  const { termBlobs, blobShas } = index.snapshot;
  const words: Word[] = [];
  for (const [term, stress] of stresses) {
    const id = index.termIds.get(term);
    if (id === undefined) continue;
    const having = termBlobs[id] ?? 0;
    const rarity = Math.log(1 + Math.max(0, blobShas.length - having + 0.5) / (having + 0.5));
    words.push({ id, term, weight: stress * rarity });
  }
  return words;
}

export function mean(values: Float32Array | Uint32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return Math.max(1, sum / Math.max(1, values.length));
}
