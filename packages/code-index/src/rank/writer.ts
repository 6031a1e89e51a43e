import type { PastCommit } from "@aicd/core";
import { INDEX_LIMITS } from "../limits.ts";
import { readBlob } from "../read/blob.ts";
import { termsOf } from "../text/terms.ts";
import { type Bag, createLetterEmbedder } from "./embed.ts";
import { Growing } from "./grow.ts";
import type { Snapshot } from "./snapshot.ts";

const embedder = createLetterEmbedder();

type Rest = Pick<Snapshot, "commit" | "left" | "paths" | "pathBlobs" | "pathBytes"> & {
  commits: { fresh: PastCommit[]; keep: number };
};

/** Collects contents one by one into the flat arrays of a snapshot. */
export function createWriter(before: Snapshot | undefined) {
  const terms: string[] = [];
  const ids = new Map<string, number>();
  const renumbered = new Uint32Array(before?.terms.length ?? 0);
  const blobShas: string[] = [];
  const blobNames: string[] = [];
  const blobPassages = new Growing();
  const from = new Growing();
  const to = new Growing();
  const symbols: string[] = [];
  const passagePairs = new Growing();
  const pairTerms = new Growing(1 << 16);
  const pairCounts = new Growing(1 << 16);
  const blobLengths = new Growing();
  const vectors: Int8Array[] = [];
  let kept = 0;
  /** Contents that have each term. */
  const termBlobs: number[] = [];
  /** Which content counted a term last. */
  const countedBy: number[] = [];

  function idOf(term: string): number {
    let id = ids.get(term);
    if (id === undefined) {
      id = terms.length;
      terms.push(term);
      ids.set(term, id);
    }
    return id;
  }

  /** The new number of a term of the snapshot before; 0 means not asked for yet. */
  function again(old: Snapshot, term: number): number {
    let id = renumbered[term] ?? 0;
    if (id === 0) {
      id = idOf(old.terms[term] ?? "") + 1;
      renumbered[term] = id;
    }
    return id - 1;
  }

  function pair(term: number, count: number): void {
    pairTerms.push(term);
    pairCounts.push(Math.min(count, 255));
    if (countedBy[term] === blobShas.length) return;
    countedBy[term] = blobShas.length;
    termBlobs[term] = (termBlobs[term] ?? 0) + 1;
  }

  function open(sha: string, names: string): number {
    blobShas.push(sha);
    blobNames.push(names);
    blobPassages.push(symbols.length);
    return blobShas.length - 1;
  }

  /** Where the words are kept elsewhere, how many contents have one is carried on in proportion. */
  function carryTerms(old: Snapshot): void {
    const share = kept / Math.max(1, old.blobShas.length);
    for (const [term, blobs] of old.termBlobs.entries()) {
      const left = Math.round(blobs * share);
      if (left === 0) continue;
      const id = again(old, term);
      termBlobs[id] = (termBlobs[id] ?? 0) + left;
    }
  }

  return {
    keep(blob: number): number {
      if (before === undefined) throw new Error("nothing was there before");
      const place = open(before.blobShas[blob] ?? "", before.blobNames[blob] ?? "");
      kept += 1;
      blobLengths.push(before.blobLengths[blob] ?? 0);
      const { dimensions, values } = before.vectors;
      vectors.push(values.slice(blob * dimensions, (blob + 1) * dimensions));
      for (let p = before.blobPassages[blob] ?? 0; p < (before.blobPassages[blob + 1] ?? 0); p++) {
        from.push(before.from[p] ?? 0);
        to.push(before.to[p] ?? 0);
        symbols.push(before.symbols[p] ?? "");
        passagePairs.push(pairTerms.length);
        for (let at = before.passagePairs[p] ?? 0; at < (before.passagePairs[p + 1] ?? 0); at++) {
          pair(again(before, before.pairTerms[at] ?? 0), before.pairCounts[at] ?? 0);
        }
      }
      return place;
    },
    add(sha: string, content: Buffer): number {
      const blob = readBlob(content);
      // What is no text is remembered as empty, so that it is not read at every update.
      const place = open(sha, blob?.names.join(" ") ?? "");
      for (const passage of blob?.passages ?? []) {
        from.push(passage.from);
        to.push(passage.to);
        symbols.push(passage.symbol);
        passagePairs.push(pairTerms.length);
        for (const [term, count] of passage.counts) {
          pair(idOf(term), count);
        }
      }
      const bag = bagOf(blob?.passages.map(({ counts }) => counts) ?? []);
      blobLengths.push(bag.values().reduce((sum, count) => sum + count, 0));
      vectors.push(Int8Array.from(embedder.embed(bag), (value) => Math.round(value * 127)));
      return place;
    },
    finish({ commits: { fresh, keep }, ...rest }: Rest): Snapshot {
      blobPassages.push(symbols.length);
      passagePairs.push(pairTerms.length);
      if (before !== undefined && before.pairTerms.length === 0) carryTerms(before);
      const commitTerms = new Growing();
      const commitStarts = new Growing();
      for (const { message } of fresh) {
        commitStarts.push(commitTerms.length);
        for (const term of new Set(termsOf(withoutTrailers(message)))) commitTerms.push(idOf(term));
      }
      if (before !== undefined) {
        for (let c = 0; c < keep; c++) {
          commitStarts.push(commitTerms.length);
          for (let at = before.commitStarts[c] ?? 0; at < (before.commitStarts[c + 1] ?? 0); at++) {
            commitTerms.push(again(before, before.commitTerms[at] ?? 0));
          }
        }
      }
      commitStarts.push(commitTerms.length);
      return {
        ...rest,
        terms,
        termBlobs: Uint32Array.from(terms, (_, term) => termBlobs[term] ?? 0),
        blobShas,
        blobNames,
        blobLengths: blobLengths.taken(),
        vectors: { name: embedder.name, dimensions: embedder.dimensions, values: joined(vectors) },
        blobPassages: blobPassages.taken(),
        from: from.taken(),
        to: to.taken(),
        symbols,
        passagePairs: passagePairs.taken(),
        pairTerms: pairTerms.taken(),
        pairCounts: Uint8Array.from(pairCounts.taken()),
        commitShas: [...fresh.map(({ sha }) => sha), ...(before?.commitShas.slice(0, keep) ?? [])],
        commitTerms: commitTerms.taken(),
        commitStarts: commitStarts.taken(),
        commitPaths: [...fresh.map(({ paths }) => paths), ...(before?.commitPaths.slice(0, keep) ?? [])],
      };
    },
  };
}

function bagOf(counts: readonly Bag[]): Map<string, number> {
  const bag = new Map<string, number>();
  for (const some of counts) for (const [word, count] of some) bag.set(word, (bag.get(word) ?? 0) + count);
  return bag;
}

function joined(parts: readonly Int8Array[]): Int8Array {
  const all = new Int8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** People who signed say nothing about code. */
function withoutTrailers(message: string): string {
  return message
    .slice(0, INDEX_LIMITS.messageCharacters)
    .split("\n")
    .filter((line) => !/^(?:signed-off-by|co-authored-by|reviewed-by|change-id|cc):/i.test(line))
    .join("\n");
}
