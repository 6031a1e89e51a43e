import type { CodeHit } from "@aicd/core";
import { createLetterEmbedder } from "../rank/embed.ts";
import type { LookUp } from "../rank/look-up.ts";
import { type Question, questionOf } from "../rank/question.ts";
import { hitOf, rankFiles, shownWords } from "../rank/search.ts";
import type { Excerpt, TextScores } from "../rank/text-scores.ts";
import { wordsOf } from "../rank/words.ts";
import type { Found, Search, Shelf } from "./client.ts";
import { dimensionOf, sparseOf } from "./points.ts";

const FILES = 300;
const PASSAGES = 400;
const FUSED = 200;
const SECOND_PASSAGE = 0.3;
const embedder = createLetterEmbedder();

/** The same ranking as everywhere, with the server's scores for what it keeps: words and vectors. */
export async function searchShelf(
  shelf: Shelf,
  index: LookUp,
  query: string,
  limit: number,
): Promise<CodeHit[]> {
  const question = questionOf(query);
  if (question.words.size === 0) return [];
  const { text, best } = await askShelf(shelf, index, question);
  const ranked = rankFiles(index, question, text, limit);
  const shas = ranked.map(({ file }) => index.snapshot.blobShas[index.snapshot.pathBlobs[file] ?? 0] ?? "");
  const words = await shelf.wordsOf(shas.flatMap((sha) => best.get(sha)?.id ?? []));
  return ranked.map((one, at) => {
    const found = best.get(shas[at] ?? "");
    const here = new Set(found === undefined ? [] : words.get(found.id));
    const shown = shownWords(index, question, ({ term }) => here.has(dimensionOf(term)));
    return hitOf(index, one, found === undefined ? undefined : excerptOf(found, shown));
  });
}

async function askShelf(
  shelf: Shelf,
  index: LookUp,
  question: Question,
): Promise<{ text: TextScores; best: Map<string, Found> }> {
  const words = sparseOf(wordsOf(index, question.words));
  const title = sparseOf(wordsOf(index, question.title.size === 0 ? question.words : question.title));
  const meaning = [...embedder.embed(question.words)];
  const files: Search[] = [
    { using: "file", query: words, limit: FILES },
    { using: "file", query: title, limit: FILES },
    { using: "meaning", query: meaning, limit: FILES },
  ];
  const passages: Search[] = [
    { using: "passage", query: words, limit: PASSAGES },
    { using: "passage", query: title, limit: PASSAGES },
  ];
  const answers = await shelf.search([...files, ...passages], files, FUSED);
  const [body = [], titleBody = [], near = [], lines = [], titleLines = [], fused = []] = answers;
  const blobs = new Map(index.snapshot.blobShas.map((sha, blob) => [sha, blob]));
  // What the server did not put in front by all three together is not worth its text score.
  const isFront = new Set(fused.map(({ payload }) => String(payload.blob)));
  const spread = (found: readonly Found[]) => {
    const scores = new Float32Array(blobs.size);
    for (const { score, payload } of found) {
      const blob = blobs.get(String(payload.blob));
      if (blob !== undefined && isFront.has(String(payload.blob))) scores[blob] = Math.max(0, score);
    }
    return scores;
  };
  const text = {
    body: spread(body),
    title: spread(titleBody),
    meaning: spread(near),
    passage: bestTwo(lines, blobs),
    titlePassage: bestTwo(titleLines, blobs),
  };
  const best = new Map<string, Found>();
  for (const found of lines) {
    const sha = String(found.payload.blob);
    if (!best.has(sha)) best.set(sha, found);
  }
  return { text, best };
}

/** Answers come the best first. */
function bestTwo(found: readonly Found[], blobs: ReadonlyMap<string, number>): Float32Array {
  const scores = new Float32Array(blobs.size);
  const seen = new Map<number, number>();
  for (const { score, payload } of found) {
    const blob = blobs.get(String(payload.blob));
    if (blob === undefined) continue;
    const before = seen.get(blob) ?? 0;
    seen.set(blob, before + 1);
    if (before < 2) scores[blob] = (scores[blob] ?? 0) + (before === 0 ? score : score * SECOND_PASSAGE);
  }
  return scores;
}

function excerptOf({ payload }: Found, words: string[]): Excerpt {
  const symbol = String(payload.symbol ?? "");
  return { symbol: symbol || null, from: Number(payload.from), to: Number(payload.to), words };
}
