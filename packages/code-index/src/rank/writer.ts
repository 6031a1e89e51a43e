import type { PastCommit } from "@aicd/core";
import { INDEX_LIMITS } from "../limits.ts";
import { readBlob } from "../read/blob.ts";
import { termsOf } from "../text/terms.ts";
import { compact } from "./compact.ts";
import { type Bag, createLetterEmbedder } from "./embed.ts";
import { numbers, signedBytes } from "./growing-arrays.ts";
import { createGrowingPassages } from "./growing-passages.ts";
import { GrowingLists, listAt } from "./lists.ts";
import type { Snapshot } from "./snapshot.ts";
import { createVocabulary } from "./vocabulary.ts";

const embedder = createLetterEmbedder();

type Past = { fresh: PastCommit[]; keep: number };
type Rest = Pick<Snapshot, "commit" | "left" | "paths" | "pathBlobs" | "pathBytes"> & { commits: Past };

/**
 * Collects contents one by one into the flat arrays of a snapshot. The numbers of the terms of `before`
 * stay, so that its contents are copied in one piece.
 */
export function createWriter(before: Snapshot | undefined) {
  const vocabulary = createVocabulary(before);
  const isKept = new Uint8Array(before?.blobShas.length ?? 0);
  const blobShas: string[] = [];
  const blobNames: string[] = [];
  const blobLengths = numbers();
  const nameWords = new GrowingLists();
  const passages = createGrowingPassages();
  const vectors = signedBytes();

  function open(sha: string, names: string, length: number): number {
    blobShas.push(sha);
    blobNames.push(names);
    blobLengths.push(length);
    nameWords.begin();
    return blobShas.length - 1;
  }

  return {
    /** A content of `before`, by its place there. @returns its place here */
    keep(blob: number): number {
      if (before === undefined) throw new Error("nothing was there before");
      isKept[blob] = 1;
      const { blobShas: shas, blobNames: names, blobLengths: lengths } = before;
      const at = open(shas[blob] ?? "", names[blob] ?? "", lengths[blob] ?? 0);
      nameWords.items.append(listAt(before.nameWords, blob));
      passages.copy(before, blob);
      vectors.append(vectorAt(before, blob));
      return at;
    },
    /** A content that is read. @returns its place */
    add(sha: string, content: Buffer): number {
      // What is no text is remembered as empty, so that it is not read at every update.
      const read = readBlob(content) ?? { names: [], passages: [] };
      const bag = bagOf(read.passages.map(({ counts }) => counts));
      const length = bag.values().reduce((sum, count) => sum + count, 0);
      const names = read.names.join(" ");
      const at = open(sha, names, length);
      for (const name of new Set(termsOf(names))) nameWords.items.push(vocabulary.idOf(name));
      passages.add(read.passages, vocabulary.idOf);
      vocabulary.count(bag.keys());
      vectors.append(Int8Array.from(embedder.embed(bag), (value) => Math.round(value * 127)));
      return at;
    },
    finish({ commits, ...rest }: Rest): Snapshot {
      if (before !== undefined) vocabulary.settle(before, isKept);
      // Before the vocabulary is taken: changes say words that no content has.
      const past = pastOf(before, commits, vocabulary.idOf);
      return compact({
        ...rest,
        ...vocabulary.taken(),
        blobShas,
        blobNames,
        blobLengths: blobLengths.taken(),
        nameWords: nameWords.taken(),
        vectors: { name: embedder.name, dimensions: embedder.dimensions, values: vectors.taken() },
        ...passages.taken(),
        ...past,
      });
    },
  };
}

/** Where vectors are kept elsewhere, nobody asks for those of contents that are there already. */
function vectorAt({ vectors }: Snapshot, blob: number): Int8Array {
  const { dimensions, values } = vectors;
  const vector = values.subarray(blob * dimensions, (blob + 1) * dimensions);
  return vector.length === embedder.dimensions ? vector : new Int8Array(embedder.dimensions);
}

function pastOf(
  before: Snapshot | undefined,
  { fresh, keep }: Past,
  idOf: (term: string) => number,
): Pick<Snapshot, "commitShas" | "commitWords" | "commitPaths"> {
  const words = new GrowingLists();
  for (const { message } of fresh) {
    words.begin();
    for (const term of new Set(termsOf(withoutTrailers(message)))) words.items.push(idOf(term));
  }
  if (before !== undefined) words.append(before.commitWords, { first: 0, end: keep });
  return {
    commitShas: [...fresh.map(({ sha }) => sha), ...(before?.commitShas.slice(0, keep) ?? [])],
    commitWords: words.taken(),
    commitPaths: [...fresh.map(({ paths }) => paths), ...(before?.commitPaths.slice(0, keep) ?? [])],
  };
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
