import { type CountedLists, emptyLists, type Lists } from "./lists.ts";

/** Stretches of contents that lie together; those of content `b` are `starts[b] .. starts[b + 1]`. */
type Passages = { starts: Uint32Array; from: Uint32Array; to: Uint32Array; symbols: string[] };

/**
 * All that is known of one repository at one commit, in flat arrays that are written and read as they are.
 * Never changed once made. Passages of a content lie together, contents in the order of `blobShas`.
 */
export type Snapshot = {
  commit: string;
  /** Paths of the indexed files, and which content each has. */
  paths: string[];
  pathBlobs: Uint32Array;
  pathBytes: Uint32Array;
  /** Left out because of our caps. */
  left: { files: number; bytes: number };
  /** The vocabulary; every number below that is called a term is a place in it. */
  terms: string[];
  /** How many contents have a term. */
  termBlobs: Uint32Array;
  blobShas: string[];
  /** Names defined in a content, joined by a space. */
  blobNames: string[];
  /** The words of those names, a list for each content. */
  nameWords: Lists;
  /** Words in a content. */
  blobLengths: Uint32Array;
  /** `dimensions` numbers of -127..127 for each content: its direction. */
  vectors: { name: string; dimensions: number; values: Int8Array };
  passages: Passages;
  /** The words of each passage and how often it has them. */
  passageWords: CountedLists;
  /** Past changes, the newest first. */
  commitShas: string[];
  commitWords: Lists;
  commitPaths: string[][];
};

/** Without the words of passages, for stores that keep those elsewhere. */
export function withoutPassages(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    passages: {
      starts: new Uint32Array(snapshot.blobShas.length + 1),
      from: new Uint32Array(),
      to: new Uint32Array(),
      symbols: [],
    },
    passageWords: emptyLists(0),
    vectors: { ...snapshot.vectors, values: new Int8Array() },
  };
}
