import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import zlib from "node:zlib";

/** Packs a usual body 8 times when it lies next to others. Higher levels take longer than their bytes save. */
const LEVEL = 1;
const OPTIONS = { params: { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL } };
const decompress = promisify(zlib.zstdDecompress);

/**
 * Compresses here and now. For a batch this takes less than a millisecond; handing it to the thread pool
 * and back took four times as much processor time.
 */
export function pack(bodies: Uint8Array): Buffer {
  return zlib.zstdCompressSync(bodies, OPTIONS);
}

/** For bodies too large to pause for: on the thread pool, a piece at a time. */
export async function packLarge(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const packed: Buffer[] = [];
  await pipeline(pieces, zlib.createZstdCompress(OPTIONS), async (source: AsyncIterable<Buffer>) => {
    for await (const piece of source) packed.push(piece);
  });
  return Buffer.concat(packed);
}

/** The bytes that were packed. @param bytes how many they are; more is refused */
export async function unpack(packed: Uint8Array, bytes: number): Promise<Buffer> {
  return decompress(packed, { maxOutputLength: Math.max(1, bytes) });
}
