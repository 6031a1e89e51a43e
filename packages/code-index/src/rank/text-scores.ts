import { createLetterEmbedder } from "./embed.ts";
import { K1, type LookUp } from "./look-up.ts";
import type { Question } from "./question.ts";
import { type Word, wordsOf } from "./words.ts";

/** Lines to show of a content, and the words of the question that are there. */
export type Excerpt = { symbol: string | null; from: number; to: number; words: string[] };
/** What the words of contents say: one number a content. */
export type TextScores = {
  body: Float32Array;
  passage: Float32Array;
  title: Float32Array;
  titlePassage: Float32Array;
  meaning: Float32Array;
};

const SECOND_PASSAGE = 0.3;
const embedder = createLetterEmbedder();

/** From a snapshot that holds all its passages. `best` is the passage to show of each content, or -1. */
export function textScores(index: LookUp, question: Question): TextScores & { best: Int32Array } {
  const { body, passage, best } = scoresFor(index, wordsOf(index, question.words));
  const title = scoresFor(index, wordsOf(index, question.title));
  const meaning = meaningOf(index, embedder.embed(question.words));
  return { body, passage, best, title: title.body, titlePassage: title.passage, meaning };
}

/** Okapi BM25 over contents and over passages, in one walk. */
function scoresFor(index: LookUp, words: readonly Word[]) {
  const { passageBlobs, passageDamping, blobDamping } = index;
  const { starts, items, counts } = index.passages;
  const blobs = blobDamping.length;
  const body = new Float32Array(blobs);
  const passages = new Float32Array(passageDamping.length);
  const inBlobs = new Uint32Array(blobs);
  for (const { id, weight } of words) {
    const [first, end] = [starts[id] ?? 0, starts[id + 1] ?? 0];
    for (let at = first; at < end; at++) {
      const passage = items[at] ?? 0;
      const count = counts[at] ?? 0;
      const score = (weight * count * (K1 + 1)) / (count + (passageDamping[passage] ?? 0));
      passages[passage] = (passages[passage] ?? 0) + score;
      const blob = passageBlobs[passage] ?? 0;
      inBlobs[blob] = (inBlobs[blob] ?? 0) + count;
    }
    for (let at = first; at < end; at++) {
      const blob = passageBlobs[items[at] ?? 0] ?? 0;
      const count = inBlobs[blob] ?? 0;
      if (count === 0) continue;
      inBlobs[blob] = 0;
      body[blob] = (body[blob] ?? 0) + (weight * count * (K1 + 1)) / (count + (blobDamping[blob] ?? 0));
    }
  }
  const passage = new Float32Array(blobs);
  const best = new Int32Array(blobs).fill(-1);
  const passagesOf = index.snapshot.passages.starts;
  for (let blob = 0; blob < blobs; blob++) {
    let first = 0;
    let second = 0;
    for (let p = passagesOf[blob] ?? 0; p < (passagesOf[blob + 1] ?? 0); p++) {
      const score = passages[p] ?? 0;
      if (score > first) {
        second = first;
        first = score;
        best[blob] = p;
      } else if (score > second) second = score;
    }
    passage[blob] = first + SECOND_PASSAGE * second;
  }
  return { body, passage, best };
}

function meaningOf(index: LookUp, asked: Float32Array): Float32Array {
  const { dimensions, values, name } = index.snapshot.vectors;
  const found = new Float32Array(index.snapshot.blobShas.length);
  if (name !== embedder.name) return found;
  for (let blob = 0; blob < found.length; blob++) {
    let dot = 0;
    for (let at = 0; at < dimensions; at++) dot += (asked[at] ?? 0) * (values[blob * dimensions + at] ?? 0);
    found[blob] = Math.max(0, dot);
  }
  return found;
}
