import zlib from "node:zlib";
import { emptyLists } from "../rank/lists.ts";
import { type Snapshot, withoutPassages } from "../rank/snapshot.ts";

/** Characters of base64 in one point. */
const PART_CHARACTERS = 1_000_000;
const LARGEST_BYTES = 512 * 1024 * 1024;
/** Lists of numbers, by the names they are stored under. */
const NUMBERS = [
  "pathBlobs",
  "pathBytes",
  "termBlobs",
  "blobLengths",
  "nameStarts",
  "nameTerms",
  "commitTerms",
  "commitStarts",
] as const;

/** What is known of a repository besides the words of its passages, in pieces that fit a point's payload. */
export function packFacts(snapshot: Snapshot): string[] {
  const { vectors, passages, passageWords, nameWords, commitWords, ...rest } = snapshot;
  const numbers: Record<(typeof NUMBERS)[number], Uint32Array> = {
    pathBlobs: rest.pathBlobs,
    pathBytes: rest.pathBytes,
    termBlobs: rest.termBlobs,
    blobLengths: rest.blobLengths,
    nameStarts: nameWords.starts,
    nameTerms: nameWords.items,
    commitTerms: commitWords.items,
    commitStarts: commitWords.starts,
  };
  const plain: Record<string, unknown> = { ...rest };
  for (const name of NUMBERS) plain[name] = [...numbers[name]];
  const text = zlib.zstdCompressSync(JSON.stringify(plain)).toString("base64");
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += PART_CHARACTERS) parts.push(text.slice(at, at + PART_CHARACTERS));
  return parts;
}

type Plain = Omit<Snapshot, "passages" | "passageWords" | "vectors" | "nameWords" | "commitWords"> &
  Record<(typeof NUMBERS)[number], Uint32Array>;

/** Undefined for what cannot be understood: the same as no index. */
export function unpackFacts(parts: readonly string[]): Snapshot | undefined {
  try {
    const bytes = zlib.zstdDecompressSync(Buffer.from(parts.join(""), "base64"), {
      maxOutputLength: LARGEST_BYTES,
    });
    const plain = JSON.parse(bytes.toString()) as Record<string, unknown>;
    for (const name of NUMBERS) plain[name] = Uint32Array.from(plain[name] as number[]);
    const { nameStarts, nameTerms, commitStarts, commitTerms, ...rest } = plain as Plain;
    return withoutPassages({
      ...rest,
      nameWords: { starts: nameStarts, items: nameTerms },
      commitWords: { starts: commitStarts, items: commitTerms },
      passages: { starts: new Uint32Array(), from: new Uint32Array(), to: new Uint32Array(), symbols: [] },
      passageWords: emptyLists(0),
      vectors: { name: "", dimensions: 0, values: new Int8Array() },
    });
  } catch {
    // Cut or damaged; the next update writes it anew.
    return undefined;
  }
}
