import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type Snapshot, withoutPassages } from "../rank/snapshot.ts";

/** Characters of base64 in one point. */
const PART_CHARACTERS = 1_000_000;
const LARGEST_BYTES = 512 * 1024 * 1024;
const NUMBERS = [
  "pathBlobs",
  "pathBytes",
  "termBlobs",
  "blobLengths",
  "nameStarts",
  "nameTerms",
  "commitTerms",
  "commitStarts",
] as const satisfies (keyof Snapshot)[];

/** What is known of a repository besides the words of its passages, in pieces that fit a point's payload. */
export function packFacts(snapshot: Snapshot): string[] {
  const { vectors, from, to, symbols, blobPassages, passagePairs, pairTerms, pairCounts, ...rest } =
    withoutPassages(snapshot);
  const plain: Record<string, unknown> = { ...rest };
  for (const name of NUMBERS) plain[name] = [...rest[name]];
  const text = zstdCompressSync(JSON.stringify(plain)).toString("base64");
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += PART_CHARACTERS) parts.push(text.slice(at, at + PART_CHARACTERS));
  return parts;
}

/** Undefined for what cannot be understood: the same as no index. */
export function unpackFacts(parts: readonly string[]): Snapshot | undefined {
  try {
    const bytes = zstdDecompressSync(Buffer.from(parts.join(""), "base64"), {
      maxOutputLength: LARGEST_BYTES,
    });
    const plain = JSON.parse(bytes.toString()) as Record<string, unknown>;
    for (const name of NUMBERS) plain[name] = Uint32Array.from(plain[name] as number[]);
    const empty = {
      from: new Uint32Array(),
      to: new Uint32Array(),
      symbols: [],
      pairTerms: new Uint32Array(),
    };
    return withoutPassages({
      ...(plain as Omit<
        Snapshot,
        keyof typeof empty | "pairCounts" | "passagePairs" | "blobPassages" | "vectors"
      >),
      ...empty,
      pairCounts: new Uint8Array(),
      passagePairs: new Uint32Array(1),
      blobPassages: new Uint32Array(),
      vectors: { name: "", dimensions: 0, values: new Int8Array() },
    });
  } catch {
    // Cut or damaged; the next update writes it anew.
    return undefined;
  }
}
