import type { Snapshot } from "../rank/snapshot.ts";
import type { Word } from "../rank/words.ts";
import type { Point, Sparse } from "./client.ts";

const K1 = 1.2;
const B = 0.75;
const PASSAGE_B = 0.5;
/** Lengths that count as usual, in words; a true average would change with every file. */
const FILE_WORDS = 800;
const PASSAGE_WORDS = 60;

/** The points of one content: itself with its vectors, and its passages. */
export function pointsOf(snapshot: Snapshot, blob: number, generation: string): Point[] {
  const { passages, passageWords, terms, vectors } = snapshot;
  const sha = snapshot.blobShas[blob] ?? "";
  const points: Point[] = [];
  const whole = new Map<number, number>();
  for (let p = passages.starts[blob] ?? 0; p < (passages.starts[blob + 1] ?? 0); p++) {
    const counts = new Map<number, number>();
    for (let at = passageWords.starts[p] ?? 0; at < (passageWords.starts[p + 1] ?? 0); at++) {
      const dimension = dimensionOf(terms[passageWords.items[at] ?? 0] ?? "");
      const count = passageWords.counts[at] ?? 0;
      counts.set(dimension, (counts.get(dimension) ?? 0) + count);
      whole.set(dimension, (whole.get(dimension) ?? 0) + count);
    }
    const [from, to] = [passages.from[p] ?? 1, passages.to[p] ?? 1];
    points.push({
      key: `passage/${sha}/${from}`,
      vector: { passage: weighed(counts, PASSAGE_B, PASSAGE_WORDS) },
      payload: { kind: "passage", blob: sha, generation, from, to, symbol: passages.symbols[p] ?? "" },
    });
  }
  if (points.length === 0) return [];
  const { dimensions, values } = vectors;
  const meaning = Array.from(values.subarray(blob * dimensions, (blob + 1) * dimensions), (n) => n / 127);
  const file = { file: weighed(whole, B, FILE_WORDS), meaning };
  points.push({ key: `file/${sha}`, vector: file, payload: { kind: "file", blob: sha, generation } });
  return points;
}

/** The question's side of BM25: how rare each word is in the repository, and how much it is stressed. */
export function sparseOf(words: readonly Word[]): Sparse {
  const values = new Map<number, number>();
  for (const { term, weight } of words) {
    const dimension = dimensionOf(term);
    values.set(dimension, (values.get(dimension) ?? 0) + weight);
  }
  return { indices: [...values.keys()], values: [...values.values()] };
}

function weighed(counts: ReadonlyMap<number, number>, b: number, usual: number): Sparse {
  const length = counts.values().reduce((sum, count) => sum + count, 0) / usual;
  const indices = [...counts.keys()];
  const values = indices.map((dimension) => {
    const count = counts.get(dimension) ?? 0;
    return (count * (K1 + 1)) / (count + K1 * (1 - b + b * length));
  });
  return { indices, values };
}

/** Where a word stands in the sparse vectors: two of a hundred thousand words share a place by chance. */
export function dimensionOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return (hash ^ (hash >>> 15)) >>> 0;
}
