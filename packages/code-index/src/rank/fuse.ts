import { changedTogetherSignal } from "./changed-together.ts";
import type { Kind } from "./kind.ts";
import type { LookUp } from "./look-up.ts";
import type { SignalName, Signals } from "./signals.ts";

/**
 * What each signal counts, its largest value within a question being one. Learned as a softmax over the
 * files of a repository from 1,660 past fixes (message → files) of seven repositories in six languages,
 * none of which is in the benchmark; decision 10 tells how. Commit messages hold no stack traces and few
 * paths: the weights of `traced` and `spelled` are ours.
 */
const WEIGHTS: Record<SignalName, number> = {
  body: 1.45,
  passage: 1.64,
  title: 1.22,
  titlePassage: 0.97,
  meaning: 0.76,
  path: 1.76,
  defined: 0.93,
  symbol: 0.61,
  named: 2.77,
  traced: 1,
  spelled: 5,
  history: 0.59,
  told: 2.4,
  churn: 0.75,
  size: 0.83,
};
/** Changed together with what the signals put in front. */
const CHANGED_TOGETHER_WEIGHT = 1;
/** Tests, documents and settings use the same words as the code that is meant. */
const KIND_WEIGHTS: Record<Kind, number> = {
  code: 0,
  test: -5.67,
  document: -5.34,
  settings: -2.06,
};

/** Signals that stand whatever is asked; alone they are no reason to answer. */
const STANDING = new Set<SignalName>(["churn", "size", "meaning"]);

/** One score a file, zero for files that nothing in the question speaks of; otherwise above zero. */
export function fuse(index: LookUp, signals: Signals): Float32Array {
  const { paths } = index.snapshot;
  const scores = Float32Array.from(index.kinds, (kind) => KIND_WEIGHTS[kind]);
  const isMeant = new Uint8Array(paths.length);
  for (const [name, weight] of Object.entries(WEIGHTS) as [SignalName, number][]) {
    const values = signals[name];
    add(scores, values, weight);
    if (STANDING.has(name)) continue;
    for (const [file, value] of values.entries()) if (value > 0) isMeant[file] = 1;
  }
  add(scores, changedTogetherSignal(index, scores), CHANGED_TOGETHER_WEIGHT);
  // A logistic keeps the order and is above zero.
  return scores.map((score, file) => (isMeant[file] === 1 ? 1 / (1 + Math.exp((8 - score) / 4)) : 0));
}

function add(scores: Float32Array, values: Float32Array, weight: number): void {
  let top = 0;
  for (const value of values) if (value > top) top = value;
  if (top === 0) return;
  for (const [file, value] of values.entries()) scores[file] = (scores[file] ?? 0) + (weight * value) / top;
}
