import type { SignalName, Signals } from "./signals.ts";

export type Weights = Record<SignalName, number>;

export const WEIGHTS: Weights = { body: 1, passage: 1, path: 0.5, defined: 0.4, named: 1, history: 0.8 };

/** Answers to "where is it" are seldom tests, changelogs or translations, though these use the same words. */
const SECOND =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|docs?|examples?|benchmarks?|locale)\/|(?:^|\/)(?:test_|CHANGE|HISTORY|NEWS|README)[^/]*$|[._-](?:test|spec)s?\.[a-z]+$|_test\.[a-z]+$|\.(?:md|rst|txt|json|ya?ml|toml|lock)$/i;
const SECOND_SHARE = 0.5;

/** One score a file: every signal is brought to 0..1 within this question before it counts. */
export function fuse(signals: Signals, paths: readonly string[], weights: Weights = WEIGHTS): Float32Array {
  const scores = new Float32Array(paths.length);
  for (const [name, weight] of Object.entries(weights)) {
    const values = signals[name as SignalName];
    const top = values.reduce((most, value) => Math.max(most, value), 0);
    if (top === 0) continue;
    for (const [file, value] of values.entries()) scores[file] = (scores[file] ?? 0) + (weight * value) / top;
  }
  for (const [file, path] of paths.entries()) {
    if (SECOND.test(path)) scores[file] = (scores[file] ?? 0) * SECOND_SHARE;
  }
  return scores;
}
