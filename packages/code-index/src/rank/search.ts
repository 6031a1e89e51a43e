import type { CodeHit } from "@aicd/core";
import { fuse } from "./fuse.ts";
import type { LookUp } from "./look-up.ts";
import { questionOf } from "./question.ts";
import { type Signals, signalsOf, type Traces } from "./signals.ts";
import { textScores } from "./text-scores.ts";

const SHOWN_WORDS = 5;

/** The best first, at most one hit a file; none when no word of the question is known here. */
export function searchLookUp(index: LookUp, query: string, limit: number): CodeHit[] {
  const { paths } = index.snapshot;
  const question = questionOf(query);
  const text = textScores(index, question);
  const { signals, traces } = signalsOf(index, question, text);
  const scores = fuse(index, signals);
  const order: number[] = [];
  for (let file = 0; file < scores.length; file++) if ((scores[file] ?? 0) > 0) order.push(file);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || ((paths[a] ?? "") < (paths[b] ?? "") ? -1 : 1));
  return order.slice(0, Math.max(0, limit)).map((file) => {
    const passage = text.best[index.snapshot.pathBlobs[file] ?? 0] ?? -1;
    const first = index.snapshot.blobPassages[index.snapshot.pathBlobs[file] ?? 0] ?? 0;
    const shown = passage < 0 ? first : passage;
    return {
      path: paths[file] ?? "",
      symbol: index.snapshot.symbols[shown] || null,
      from: index.snapshot.from[shown] ?? 1,
      to: index.snapshot.to[shown] ?? 1,
      score: scores[file] ?? 0,
      reason: reasonOf(index, signals, traces, file, passage),
    };
  });
}

function reasonOf(index: LookUp, signals: Signals, traces: Traces, file: number, passage: number): string {
  const change = traces.changes.get(file);
  const words = passage < 0 ? [] : wordsIn(index, traces, passage);
  return [
    (signals.named[file] ?? 0) > 0 ? "named in the question" : "",
    words.length > 0 ? `words: ${words.join(", ")}` : "",
    change === undefined ? "" : `changed by ${change.slice(0, 7)}, which sounds alike`,
  ]
    .filter((part) => part !== "")
    .join("; ");
}

function wordsIn(index: LookUp, { words }: Traces, passage: number): string[] {
  const { passagePairs, pairTerms } = index.snapshot;
  const here = new Set(pairTerms.subarray(passagePairs[passage] ?? 0, passagePairs[passage + 1] ?? 0));
  return words
    .filter(({ id, weight }) => weight > 0 && here.has(id))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, SHOWN_WORDS)
    .map(({ term }) => term);
}
