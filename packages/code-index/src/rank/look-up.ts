import { termsOf } from "../text/terms.ts";
import { type Kind, kindOf } from "./kind.ts";
import { type CountedLists, type Lists, lengthAt } from "./lists.ts";
import type { Snapshot } from "./snapshot.ts";
import { mean } from "./words.ts";

export const K1 = 1.2;
const B = 0.75;
const PASSAGE_B = 0.5;

/** A snapshot made ready for questions. Everything in it follows from the snapshot. */
export type LookUp = {
  snapshot: Snapshot;
  termIds: Map<string, number>;
  files: Map<string, number>;
  /** Files of each content; most contents have one. */
  blobFiles: number[][];
  passageBlobs: Uint32Array;
  /** What the length of a passage, and of a content, takes from a count of words: the lower part of BM25. */
  passageDamping: Float32Array;
  blobDamping: Float32Array;
  kinds: Kind[];
  /** Words of each path. */
  pathTerms: string[][];
  /** Logarithms of the lengths of contents. */
  sizes: Float32Array;
  /** Which passages and which changes have a term, and how often. */
  passages: CountedLists;
  commits: CountedLists;
  /** Files of each change that are still there. */
  changed: Lists;
  /** How often each file was changed, as a logarithm; old changes count less. */
  churn: Float32Array;
  /** Words said of each file, a change of many files counting less. */
  toldLengths: Float32Array;
  /** Contents that define a name with a word in it. */
  names: CountedLists;
  /** Last part of a path, in lower case and also without its ending → files. */
  baseNames: Map<string, number[]>;
  /** Rough size in memory. */
  bytes: number;
};

export function lookUp(snapshot: Snapshot): LookUp {
  const { blobShas, passageWords, terms } = snapshot;
  const { starts } = snapshot.passages;
  const { starts: wordStarts, counts } = passageWords;
  const passages = snapshot.passages.symbols.length;
  const passageBlobs = new Uint32Array(passages);
  const passageLengths = new Float32Array(passages);
  for (let blob = 0; blob < blobShas.length; blob++) {
    for (let p = starts[blob] ?? 0; p < (starts[blob + 1] ?? 0); p++) {
      let length = 0;
      for (let at = wordStarts[p] ?? 0; at < (wordStarts[p + 1] ?? 0); at++) length += counts[at] ?? 0;
      passageBlobs[p] = blob;
      passageLengths[p] = length;
    }
  }
  const blobFiles: number[][] = blobShas.map(() => []);
  for (const [file, blob] of snapshot.pathBlobs.entries()) blobFiles[blob]?.push(file);
  const files = new Map(snapshot.paths.map((path, file) => [path, file]));
  const changed = changedFiles(snapshot, files);
  return {
    snapshot,
    changed,
    churn: churnOf(snapshot.paths.length, changed),
    toldLengths: toldLengths(snapshot, changed),
    names: invert(terms.length, snapshot.nameWords),
    termIds: new Map(terms.map((term, id) => [term, id])),
    files,
    blobFiles,
    passageBlobs,
    passageDamping: damping(passageLengths, PASSAGE_B),
    blobDamping: damping(snapshot.blobLengths, B),
    kinds: snapshot.paths.map(kindOf),
    pathTerms: snapshot.paths.map((path) => [...new Set(termsOf(path))]),
    sizes: Float32Array.from(snapshot.blobLengths, (length) => Math.log1p(length)),
    passages: invert(terms.length, passageWords),
    commits: invert(terms.length, snapshot.commitWords),
    baseNames: baseNames(snapshot.paths),
    bytes:
      passageWords.items.byteLength * 4 + passages * 60 + terms.length * 80 + snapshot.paths.length * 300,
  };
}

function damping(lengths: Float32Array | Uint32Array, b: number): Float32Array {
  const average = mean(lengths);
  const found = new Float32Array(lengths.length);
  for (let at = 0; at < found.length; at++) found[at] = K1 * (1 - b + (b * (lengths[at] ?? 0)) / average);
  return found;
}

/** From the terms of each item to the items of each term. */
function invert(terms: number, lists: Lists & { counts?: Uint8Array }): CountedLists {
  const { starts: itemStarts, items: itemTerms, counts: itemCounts } = lists;
  const starts = new Uint32Array(terms + 1);
  for (const term of itemTerms) starts[term + 1] = (starts[term + 1] ?? 0) + 1;
  for (let term = 0; term < terms; term++) starts[term + 1] = (starts[term + 1] ?? 0) + (starts[term] ?? 0);
  const next = starts.slice(0, terms);
  const items = new Uint32Array(itemTerms.length);
  const counts = new Uint8Array(itemTerms.length);
  for (let item = 0; item + 1 < itemStarts.length; item++) {
    for (let at = itemStarts[item] ?? 0; at < (itemStarts[item + 1] ?? 0); at++) {
      const term = itemTerms[at] ?? 0;
      const to = next[term] ?? 0;
      next[term] = to + 1;
      items[to] = item;
      counts[to] = itemCounts?.[at] ?? 1;
    }
  }
  return { starts, items, counts };
}

function baseNames(paths: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [file, path] of paths.entries()) {
    const base = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
    const stem = base.replace(/\.[^.]*$/, "");
    for (const name of new Set([base, stem])) {
      const files = found.get(name);
      if (files === undefined) found.set(name, [file]);
      else files.push(file);
    }
  }
  return found;
}

function changedFiles(snapshot: Snapshot, files: ReadonlyMap<string, number>): Lists {
  const starts = new Uint32Array(snapshot.commitPaths.length + 1);
  const found: number[] = [];
  for (const [commit, paths] of snapshot.commitPaths.entries()) {
    for (const path of paths) {
      const file = files.get(path);
      if (file !== undefined) found.push(file);
    }
    starts[commit + 1] = found.length;
  }
  return { starts, items: Uint32Array.from(found) };
}

function churnOf(files: number, { starts, items }: Lists): Float32Array {
  const found = new Float32Array(files);
  for (let commit = 0; commit + 1 < starts.length; commit++) {
    // A change loses half its weight in a thousand newer ones.
    const weight = 2 ** (-commit / 1_000);
    for (let at = starts[commit] ?? 0; at < (starts[commit + 1] ?? 0); at++) {
      const file = items[at] ?? 0;
      found[file] = (found[file] ?? 0) + weight;
    }
  }
  return found.map((value) => Math.log1p(value));
}

function toldLengths(snapshot: Snapshot, { starts, items }: Lists): Float32Array {
  const found = new Float32Array(snapshot.paths.length);
  for (const [commit, paths] of snapshot.commitPaths.entries()) {
    const words = lengthAt(snapshot.commitWords, commit);
    for (let at = starts[commit] ?? 0; at < (starts[commit + 1] ?? 0); at++) {
      const file = items[at] ?? 0;
      found[file] = (found[file] ?? 0) + words / Math.sqrt(paths.length);
    }
  }
  return found;
}
