import { type Kind, kindOf } from "./kind.ts";
import type { SignalName, Signals } from "./signals.ts";

/**
 * What each signal counts, its largest value within a question being one. Learned by `npm run bench:learn`
 * as a softmax over the files of a repository, from 1,660 past fixes of seven repositories in five
 * languages (message → files), none of which is in the benchmark. Commit messages hold no stack traces;
 * the weight of `traced` is ours.
 */
export const WEIGHTS: Record<SignalName, number> = {
  body: 1.55,
  passage: 1.71,
  title: 1.26,
  titlePassage: 1.02,
  path: 1.82,
  defined: 0.93,
  symbol: 0.57,
  named: 2.67,
  traced: 1,
  history: 0.6,
  told: 2.53,
  churn: 0.92,
  size: 0.9,
};
/** Tests, documents and settings use the same words as the code that is meant. */
export const KIND_WEIGHTS: Record<Kind, number> = { code: 0, test: -5.58, document: -5.42, settings: -2.08 };

/** Signals that stand whatever is asked; alone they are no reason to answer. */
const STANDING = new Set<SignalName>(["churn", "size"]);

/** One score a file, zero for files that nothing in the question speaks of; otherwise above zero. */
export function fuse(signals: Signals, paths: readonly string[]): Float32Array {
  const scores = new Float32Array(paths.length);
  const isMeant = new Uint8Array(paths.length);
  for (const [name, weight] of Object.entries(WEIGHTS) as [SignalName, number][]) {
    const values = signals[name];
    let top = 0;
    for (const value of values) if (value > top) top = value;
    if (top === 0) continue;
    for (const [file, value] of values.entries()) {
      scores[file] = (scores[file] ?? 0) + (weight * value) / top;
      if (value > 0 && !STANDING.has(name)) isMeant[file] = 1;
    }
  }
  for (const [file, path] of paths.entries()) {
    // A logistic keeps the order and is above zero.
    const score = (scores[file] ?? 0) + KIND_WEIGHTS[kindOf(path)];
    scores[file] = isMeant[file] === 1 ? 1 / (1 + Math.exp((8 - score) / 4)) : 0;
  }
  return scores;
}
