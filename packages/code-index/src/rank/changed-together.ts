import { listAt } from "./lists.ts";
import type { LookUp } from "./look-up.ts";

const LEADERS = 10;
/** Wider changes do not say that two files belong together. */
const WIDEST = 10;
const FEW = 5;

/** Files that were changed together with those in front; a fix often needs two. */
export function changedTogetherSignal(index: LookUp, scores: Float32Array): Float32Array {
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, LEADERS);
  const top = scores[order[0] ?? 0] ?? 0;
  const strength = new Map(order.map((file) => [file, Math.exp((scores[file] ?? 0) - top)]));
  const found = new Float32Array(scores.length);
  const changes = new Float32Array(scores.length);
  for (let commit = 0; commit + 1 < index.changed.starts.length; commit++) {
    const changed = listAt(index.changed, commit);
    if (changed.length > WIDEST) continue;
    let sum = 0;
    for (const file of changed) {
      changes[file] = (changes[file] ?? 0) + 1;
      sum += strength.get(file) ?? 0;
    }
    if (changed.length < 2 || sum === 0) continue;
    for (const file of changed) {
      found[file] = (found[file] ?? 0) + (sum - (strength.get(file) ?? 0)) / changed.length;
    }
  }
  return found.map((value, file) => value / Math.sqrt((changes[file] ?? 0) + FEW));
}
