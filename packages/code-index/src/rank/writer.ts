import type { PastCommit } from "@aicd/core";
import { INDEX_LIMITS } from "../limits.ts";
import { readBlob } from "../read/blob.ts";
import { termsOf } from "../text/terms.ts";
import { compact } from "./compact.ts";
import { type Bag, createLetterEmbedder } from "./embed.ts";
import { bytes, numbers, signedBytes } from "./growing-arrays.ts";
import type { Snapshot } from "./snapshot.ts";

const embedder = createLetterEmbedder();

type Rest = Pick<Snapshot, "commit" | "left" | "paths" | "pathBlobs" | "pathBytes"> & {
  commits: { fresh: PastCommit[]; keep: number };
};

/**
 * Collects contents one by one into the flat arrays of a snapshot. The numbers of the terms of `before`
 * stay, so that its contents are copied in one piece.
 */
export function createWriter(before: Snapshot | undefined) {
  const terms = [...(before?.terms ?? [])];
  const ids = new Map(terms.map((term, id) => [term, id]));
  const termBlobs = [...(before?.termBlobs ?? [])];
  const isKept = new Uint8Array(before?.blobShas.length ?? 0);
  const blobShas: string[] = [];
  const blobNames: string[] = [];
  const blobPassages = numbers();
  const blobLengths = numbers();
  const nameStarts = numbers();
  const nameTerms = numbers();
  const from = numbers();
  const to = numbers();
  const symbols: string[] = [];
  const passagePairs = numbers();
  const pairTerms = numbers();
  const pairCounts = bytes();
  const vectors = signedBytes();

  function idOf(term: string): number {
    let id = ids.get(term);
    if (id === undefined) {
      id = terms.length;
      terms.push(term);
      ids.set(term, id);
    }
    return id;
  }

  function open(sha: string, names: string, length: number): number {
    blobShas.push(sha);
    blobNames.push(names);
    blobLengths.push(length);
    blobPassages.push(symbols.length);
    nameStarts.push(nameTerms.length);
    return blobShas.length - 1;
  }

  /** How many contents have each term, without those of `before` that are gone. */
  function settleCounts(old: Snapshot): void {
    const kept = isKept.reduce((sum, one) => sum + one, 0);
    if (old.pairTerms.length === 0) {
      // The words are kept elsewhere: those that are gone are taken for average ones.
      const share = kept / Math.max(1, isKept.length);
      for (const [term, blobs] of old.termBlobs.entries()) {
        termBlobs[term] = (termBlobs[term] ?? 0) - blobs + Math.round(blobs * share);
      }
      return;
    }
    for (const [blob, one] of isKept.entries()) {
      if (one === 1) continue;
      for (const term of termsAt(old, blob)) termBlobs[term] = Math.max(0, (termBlobs[term] ?? 0) - 1);
    }
  }

  return {
    keep(blob: number): number {
      if (before === undefined) throw new Error("nothing was there before");
      isKept[blob] = 1;
      const place = open(
        before.blobShas[blob] ?? "",
        before.blobNames[blob] ?? "",
        before.blobLengths[blob] ?? 0,
      );
      const [first, end] = rangeOf(before.blobPassages, blob);
      const pairs = before.passagePairs[first] ?? 0;
      const shift = pairTerms.length - pairs;
      for (let p = first; p < end; p++) {
        symbols.push(before.symbols[p] ?? "");
        passagePairs.push((before.passagePairs[p] ?? 0) + shift);
      }
      from.append(before.from.subarray(first, end));
      to.append(before.to.subarray(first, end));
      pairTerms.append(before.pairTerms.subarray(pairs, before.passagePairs[end] ?? 0));
      pairCounts.append(before.pairCounts.subarray(pairs, before.passagePairs[end] ?? 0));
      nameTerms.append(before.nameTerms.subarray(...rangeOf(before.nameStarts, blob)));
      const { dimensions, values } = before.vectors;
      const vector = values.subarray(blob * dimensions, (blob + 1) * dimensions);
      // Where vectors are kept elsewhere, nobody asks for those of contents that are there already.
      vectors.append(vector.length === embedder.dimensions ? vector : new Int8Array(embedder.dimensions));
      return place;
    },
    add(sha: string, content: Buffer): number {
      // What is no text is remembered as empty, so that it is not read at every update.
      const { names, passages } = readBlob(content) ?? { names: [], passages: [] };
      const bag = bagOf(passages.map(({ counts }) => counts));
      const length = bag.values().reduce((sum, count) => sum + count, 0);
      const place = open(sha, names.join(" "), length);
      for (const name of new Set(termsOf(names.join(" ")))) nameTerms.push(idOf(name));
      for (const passage of passages) {
        from.push(passage.from);
        to.push(passage.to);
        symbols.push(passage.symbol);
        passagePairs.push(pairTerms.length);
        for (const [term, count] of passage.counts) {
          pairTerms.push(idOf(term));
          pairCounts.push(Math.min(count, 255));
        }
      }
      for (const term of bag.keys()) {
        const id = idOf(term);
        termBlobs[id] = (termBlobs[id] ?? 0) + 1;
      }
      vectors.append(Int8Array.from(embedder.embed(bag), (value) => Math.round(value * 127)));
      return place;
    },
    finish({ commits: { fresh, keep }, ...rest }: Rest): Snapshot {
      blobPassages.push(symbols.length);
      passagePairs.push(pairTerms.length);
      nameStarts.push(nameTerms.length);
      if (before !== undefined) settleCounts(before);
      const commitTerms = numbers();
      const commitStarts = numbers();
      for (const { message } of fresh) {
        commitStarts.push(commitTerms.length);
        for (const term of new Set(termsOf(withoutTrailers(message)))) commitTerms.push(idOf(term));
      }
      for (let c = 0; before !== undefined && c < keep; c++) {
        commitStarts.push(commitTerms.length);
        commitTerms.append(before.commitTerms.subarray(...rangeOf(before.commitStarts, c)));
      }
      commitStarts.push(commitTerms.length);
      return compact({
        ...rest,
        terms,
        termBlobs: Uint32Array.from(terms, (_, term) => termBlobs[term] ?? 0),
        blobShas,
        blobNames,
        blobLengths: blobLengths.taken(),
        nameStarts: nameStarts.taken(),
        nameTerms: nameTerms.taken(),
        vectors: { name: embedder.name, dimensions: embedder.dimensions, values: vectors.taken() },
        blobPassages: blobPassages.taken(),
        from: from.taken(),
        to: to.taken(),
        symbols,
        passagePairs: passagePairs.taken(),
        pairTerms: pairTerms.taken(),
        pairCounts: pairCounts.taken(),
        commitShas: [...fresh.map(({ sha }) => sha), ...(before?.commitShas.slice(0, keep) ?? [])],
        commitTerms: commitTerms.taken(),
        commitStarts: commitStarts.taken(),
        commitPaths: [...fresh.map(({ paths }) => paths), ...(before?.commitPaths.slice(0, keep) ?? [])],
      });
    },
  };
}

function rangeOf(starts: Uint32Array, at: number): [from: number, to: number] {
  return [starts[at] ?? 0, starts[at + 1] ?? 0];
}

function termsAt(snapshot: Snapshot, blob: number): Set<number> {
  const [first, end] = rangeOf(snapshot.blobPassages, blob);
  return new Set(
    snapshot.pairTerms.subarray(snapshot.passagePairs[first] ?? 0, snapshot.passagePairs[end] ?? 0),
  );
}

function bagOf(counts: readonly Bag[]): Map<string, number> {
  const bag = new Map<string, number>();
  for (const some of counts) for (const [word, count] of some) bag.set(word, (bag.get(word) ?? 0) + count);
  return bag;
}

/** People who signed say nothing about code. */
function withoutTrailers(message: string): string {
  return message
    .slice(0, INDEX_LIMITS.messageCharacters)
    .split("\n")
    .filter((line) => !/^(?:signed-off-by|co-authored-by|reviewed-by|change-id|cc):/i.test(line))
    .join("\n");
}
