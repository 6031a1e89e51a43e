import { createLetterEmbedder } from "./embed.ts";
import type { LookUp } from "./look-up.ts";
import type { Question } from "./question.ts";
import { mean, type Word, wordsOf } from "./words.ts";

/** Lines to show of a content, and the words of the question that are there. */
export type Place = { symbol: string | null; from: number; to: number; words: string[] };
/** What the words of contents say: one number a content. */
export type TextScores = {
  body: Float32Array;
  passage: Float32Array;
  title: Float32Array;
  titlePassage: Float32Array;
  meaning: Float32Array;
};

const K1 = 1.2;
const B = 0.75;
const PASSAGE_B = 0.5;
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
  const { starts, items, counts } = index.passages;
  const { blobLengths } = index.snapshot;
  const blobs = blobLengths.length;
  const average = mean(blobLengths);
  const averagePassage = mean(index.passageLengths);
  const body = new Float32Array(blobs);
  const passages = new Float32Array(index.passageLengths.length);
  for (const { id, weight } of words) {
    let blob = -1;
    let inBlob = 0;
    const settle = () => {
      if (blob < 0) return;
      const length = (blobLengths[blob] ?? 0) / average;
      body[blob] = (body[blob] ?? 0) + (weight * inBlob * (K1 + 1)) / (inBlob + K1 * (1 - B + B * length));
    };
    for (let at = starts[id] ?? 0; at < (starts[id + 1] ?? 0); at++) {
      const passage = items[at] ?? 0;
      const count = counts[at] ?? 0;
      const length = (index.passageLengths[passage] ?? 0) / averagePassage;
      const share = (count * (K1 + 1)) / (count + K1 * (1 - PASSAGE_B + PASSAGE_B * length));
      passages[passage] = (passages[passage] ?? 0) + weight * share;
      const owner = index.passageBlobs[passage] ?? 0;
      if (owner !== blob) {
        settle();
        blob = owner;
        inBlob = 0;
      }
      inBlob += count;
    }
    settle();
  }
  const passage = new Float32Array(blobs);
  const best = new Int32Array(blobs).fill(-1);
  const { blobPassages } = index.snapshot;
  for (let blob = 0; blob < blobs; blob++) {
    let first = 0;
    let second = 0;
    for (let p = blobPassages[blob] ?? 0; p < (blobPassages[blob + 1] ?? 0); p++) {
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
