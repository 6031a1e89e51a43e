import type { CodeHit } from "@aicd/core";
import { fuse } from "./fuse.ts";
import { listAt } from "./lists.ts";
import type { LookUp } from "./look-up.ts";
import { type Question, questionOf } from "./question.ts";
import { signalsOf } from "./signals.ts";
import { type Excerpt, type TextScores, textScores } from "./text-scores.ts";
import { wordsOf } from "./words.ts";

const SHOWN_WORDS = 5;

/** A file that may answer, before its lines are known. */
export type Ranked = { file: number; score: number; isNamed: boolean; change: string | undefined };

/** The best first, at most one hit a file; none when no word of the question is known here. */
export function searchLookUp(index: LookUp, query: string, limit: number): CodeHit[] {
  const question = questionOf(query);
  const text = textScores(index, question);
  return rankFiles(index, question, text, limit).map((ranked) => {
    const blob = index.snapshot.pathBlobs[ranked.file] ?? 0;
    return hitOf(index, ranked, excerptOf(index, question, blob, text.best[blob] ?? -1));
  });
}

/** The ranking itself, the same wherever the words of passages are kept. */
export function rankFiles(index: LookUp, question: Question, text: TextScores, limit: number): Ranked[] {
  const { paths } = index.snapshot;
  const { signals, traces } = signalsOf(index, question, text);
  const scores = fuse(index, signals);
  const order: number[] = [];
  for (let file = 0; file < scores.length; file++) if ((scores[file] ?? 0) > 0) order.push(file);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || ((paths[a] ?? "") < (paths[b] ?? "") ? -1 : 1));
  return order.slice(0, Math.max(0, limit)).map((file) => ({
    file,
    score: scores[file] ?? 0,
    isNamed: (signals.named[file] ?? 0) > 0,
    change: traces.changes.get(file),
  }));
}

export function hitOf(index: LookUp, ranked: Ranked, excerpt: Excerpt | undefined): CodeHit {
  const { symbol, from, to, words } = excerpt ?? { symbol: null, from: 1, to: 1, words: [] };
  const reason = [
    ranked.isNamed ? "named in the question" : "",
    words.length > 0 ? `words: ${words.join(", ")}` : "",
    ranked.change === undefined ? "" : `changed by ${ranked.change.slice(0, 7)}, which sounds alike`,
  ].filter((part) => part !== "");
  return {
    path: index.snapshot.paths[ranked.file] ?? "",
    symbol,
    from,
    to,
    score: ranked.score,
    reason: reason.join("; ") || "alike as a whole",
  };
}

/** The most telling of the words for which `isThere`. */
export function shownWords(
  index: LookUp,
  question: Question,
  isThere: (word: { id: number; term: string }) => boolean,
): string[] {
  return wordsOf(index, question.words)
    .filter((word) => word.weight > 0 && isThere(word))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, SHOWN_WORDS)
    .map(({ term }) => term);
}

/** The best passage, or the head of a file of which only its name or its past was meant. */
function excerptOf(index: LookUp, question: Question, blob: number, best: number): Excerpt | undefined {
  const { starts, symbols, from, to } = index.snapshot.passages;
  const shown = best < 0 ? (starts[blob] ?? 0) : best;
  if (shown >= (starts[blob + 1] ?? 0)) return undefined;
  const here = new Set(listAt(index.snapshot.passageWords, shown));
  return {
    symbol: symbols[shown] || null,
    from: from[shown] ?? 1,
    to: to[shown] ?? 1,
    words: best < 0 ? [] : shownWords(index, question, ({ id }) => here.has(id)),
  };
}
