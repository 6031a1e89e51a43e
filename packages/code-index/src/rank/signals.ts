import { termsOf } from "../text/terms.ts";
import { lengthAt, listAt } from "./lists.ts";
import { K1, type LookUp } from "./look-up.ts";
import { byPath, namedFiles } from "./named.ts";
import type { Question } from "./question.ts";
import type { TextScores } from "./text-scores.ts";
import { mean, type Word, wordsOf } from "./words.ts";

/** One number a file from each way of looking; zero where it has nothing to say. */
export type Signals = {
  /** BM25 over whole files. */
  body: Float32Array;
  /** BM25 of the best passages. */
  passage: Float32Array;
  /** The same two for the words of the title alone: what follows it is often noise. */
  title: Float32Array;
  titlePassage: Float32Array;
  /** Vectors that point the same way. */
  meaning: Float32Array;
  /** Words of the path. */
  path: Float32Array;
  /** Words of the names it defines. */
  defined: Float32Array;
  /** Defines just the names that were said. */
  symbol: Float32Array;
  /** Named in the question. */
  named: Float32Array;
  /** Its path was written out by a person, and fits no other file. */
  spelled: Float32Array;
  /** In a stack trace; the innermost call most. */
  traced: Float32Array;
  /** Changed by past commits whose messages are like the question. */
  history: Float32Array;
  /** BM25 over all that was said when the file was changed. */
  told: Float32Array;
  /** Changed often, and lately. */
  churn: Float32Array;
  /** How much there is of it. */
  size: Float32Array;
};
export type SignalName = keyof Signals;
/** What the signals were made of, for showing lines and reasons. */
export type Traces = { words: Word[]; changes: Map<number, string> };
const B = 0.75;
const VOTERS = 40;

/** `text` comes from where the words of passages are kept; all else is known here. */
export function signalsOf(
  index: LookUp,
  question: Question,
  text: TextScores,
): { signals: Signals; traces: Traces } {
  const files = index.snapshot.paths.length;
  const words = wordsOf(index, question.words);
  const { history, changes } = historySignal(index, words);
  const { traced } = question.mentions;
  const named = new Float32Array(files);
  for (const [file, strength] of namedFiles(index, question.mentions)) named[file] = strength;
  return {
    signals: {
      body: spread(index, text.body),
      passage: spread(index, text.passage),
      title: spread(index, text.title),
      titlePassage: spread(index, text.titlePassage),
      meaning: spread(index, text.meaning),
      path: pathSignal(index, words),
      defined: spread(index, definedSignal(index, words)),
      symbol: spread(index, symbolSignal(index, question.names)),
      named,
      spelled: spelledSignal(index, question.spelled),
      traced: tracedSignal(index, traced),
      history,
      told: toldSignal(index, words),
      churn: index.churn,
      size: spread(index, index.sizes),
    },
    traces: { words, changes },
  };
}

/** Past changes that sound like the question vote for the files they changed; wide ones have little to say. */
function historySignal(index: LookUp, words: readonly Word[]) {
  const { commits, snapshot, changed } = index;
  const scores = new Float32Array(snapshot.commitShas.length);
  const all = snapshot.commitShas.length;
  for (const { id, weight } of words) {
    const [start, end] = [commits.starts[id] ?? 0, commits.starts[id + 1] ?? 0];
    const rarity = Math.log(1 + (all - (end - start) + 0.5) / (end - start + 0.5));
    for (let at = start; at < end; at++) {
      const commit = commits.items[at] ?? 0;
      scores[commit] = (scores[commit] ?? 0) + Math.min(weight, rarity);
    }
  }
  const voters: number[] = [];
  for (let commit = 0; commit < all; commit++) {
    const length = lengthAt(snapshot.commitWords, commit);
    scores[commit] = (scores[commit] ?? 0) / (4 + Math.sqrt(length));
    if ((scores[commit] ?? 0) > 0) voters.push(commit);
  }
  voters.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const history = new Float32Array(snapshot.paths.length);
  const changes = new Map<number, string>();
  for (const commit of voters.slice(0, VOTERS)) {
    const files = listAt(changed, commit);
    for (const file of files) {
      history[file] = (history[file] ?? 0) + (scores[commit] ?? 0) / Math.sqrt(files.length);
      if (!changes.has(file)) changes.set(file, snapshot.commitShas[commit] ?? "");
    }
  }
  return { history, changes };
}

/** Names that few files define say where to look. */
function symbolSignal(index: LookUp, names: ReadonlyMap<string, number>): Float32Array {
  const blobs = index.snapshot.blobShas.length;
  const found = new Float32Array(blobs);
  for (const [name, stress] of names) {
    const definers = definersOf(index, name);
    if (definers.length === 0) continue;
    const weight = (stress * Math.log(1 + blobs / definers.length)) / Math.sqrt(definers.length);
    for (const blob of definers) found[blob] = (found[blob] ?? 0) + weight;
  }
  return found;
}

/** Contents that define just this name, found by its words. */
function definersOf(index: LookUp, name: string): number[] {
  const id = index.termIds.get(termsOf(name)[0] ?? "");
  if (id === undefined) return [];
  return [...listAt(index.names, id)].filter((blob) =>
    ` ${index.snapshot.blobNames[blob]} `.includes(` ${name} `),
  );
}

function spelledSignal(index: LookUp, paths: readonly string[]): Float32Array {
  const found = new Float32Array(index.snapshot.paths.length);
  for (const path of paths) {
    const [only, ...others] = path.includes("/") ? byPath(index, path.split("/")) : [];
    // At least its directory was named too.
    if (only !== undefined && others.length === 0 && only[1] === 1) found[only[0]] = 1;
  }
  return found;
}

function tracedSignal(index: LookUp, paths: readonly string[]): Float32Array {
  const found = new Float32Array(index.snapshot.paths.length);
  let depth = 0;
  for (const path of paths.toReversed()) {
    const files = byPath(index, path.split("/"));
    if (files.length === 0) continue;
    for (const [file, strength] of files) found[file] = (found[file] ?? 0) + strength / (1 + depth);
    depth += 1;
  }
  return found;
}

/** BM25 over what was said when a file was changed; a change of many files speaks less for each. */
function toldSignal(index: LookUp, words: readonly Word[]): Float32Array {
  const { commits, snapshot, changed, toldLengths } = index;
  const files = snapshot.paths.length;
  const average = mean(toldLengths);
  const found = new Float32Array(files);
  const counts = new Map<number, number>();
  for (const { id } of words) {
    counts.clear();
    for (let at = commits.starts[id] ?? 0; at < (commits.starts[id + 1] ?? 0); at++) {
      const commit = commits.items[at] ?? 0;
      const share = 1 / Math.sqrt(snapshot.commitPaths[commit]?.length ?? 1);
      for (let f = changed.starts[commit] ?? 0; f < (changed.starts[commit + 1] ?? 0); f++) {
        const file = changed.items[f] ?? 0;
        counts.set(file, (counts.get(file) ?? 0) + share);
      }
    }
    const rarity = Math.log(1 + (files - counts.size + 0.5) / (counts.size + 0.5));
    for (const [file, count] of counts) {
      const length = (toldLengths[file] ?? 0) / average;
      found[file] = (found[file] ?? 0) + (rarity * count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
    }
  }
  return found;
}

function pathSignal(index: LookUp, words: readonly Word[]): Float32Array {
  const weights = new Map(words.map(({ term, weight }) => [term, weight]));
  const found = new Float32Array(index.pathTerms.length);
  for (const [file, terms] of index.pathTerms.entries()) {
    let sum = 0;
    for (const term of terms) sum += weights.get(term) ?? 0;
    found[file] = sum;
  }
  return found;
}

function definedSignal(index: LookUp, words: readonly Word[]): Float32Array {
  const { nameWords, terms } = index.snapshot;
  const { starts, items } = nameWords;
  const weights = new Float32Array(terms.length);
  for (const { id, weight } of words) weights[id] = weight;
  const found = new Float32Array(starts.length - 1);
  for (let blob = 0; blob < found.length; blob++) {
    let sum = 0;
    const end = starts[blob + 1] ?? 0;
    for (let at = starts[blob] ?? 0; at < end; at++) sum += weights[items[at] ?? 0] ?? 0;
    found[blob] = sum;
  }
  return found;
}

function spread(index: LookUp, ofBlobs: Float32Array): Float32Array {
  return Float32Array.from(index.snapshot.pathBlobs, (blob) => ofBlobs[blob] ?? 0);
}
