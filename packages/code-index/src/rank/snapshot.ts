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
  /** `nameStarts[b] .. nameStarts[b + 1]` in `nameTerms`: the words of those names. */
  nameStarts: Uint32Array;
  nameTerms: Uint32Array;
  /** Words in a content. */
  blobLengths: Uint32Array;
  /** `dimensions` numbers of -127..127 for each content: its direction. */
  vectors: { name: string; dimensions: number; values: Int8Array };
  /** `blobPassages[b] .. blobPassages[b + 1]` are the passages of content b. */
  blobPassages: Uint32Array;
  from: Uint32Array;
  to: Uint32Array;
  symbols: string[];
  /** `passagePairs[p] .. passagePairs[p + 1]` are the words of passage p and how often it has them. */
  passagePairs: Uint32Array;
  pairTerms: Uint32Array;
  pairCounts: Uint8Array;
  /** Past changes, the newest first. */
  commitShas: string[];
  commitTerms: Uint32Array;
  /** `commitStarts[c] .. commitStarts[c + 1]` in `commitTerms`. */
  commitStarts: Uint32Array;
  commitPaths: string[][];
};

/** Without the words of passages, for stores that keep those elsewhere. */
export function withoutPassages(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    blobPassages: new Uint32Array(snapshot.blobShas.length + 1),
    from: new Uint32Array(),
    to: new Uint32Array(),
    symbols: [],
    passagePairs: new Uint32Array(1),
    pairTerms: new Uint32Array(),
    pairCounts: new Uint8Array(),
    vectors: { ...snapshot.vectors, values: new Int8Array() },
  };
}
