import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import zlib from "node:zlib";

/** Packs a usual body 8 times when it lies next to others. Higher levels take longer than their bytes save. */
const LEVEL = 1;
const OPTIONS = { params: { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL } };
/** Node has zstd since 22.15. Before, `aicd demo` is all that runs there, and deflate is good enough for it. */
const hasZstd = typeof zlib.zstdCompressSync === "function";
const inflate = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate);
/** Every frame of zstd begins so (RFC 8878, section 3.1.1). */
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * Compresses here and now. For a batch this takes less than a millisecond; handing it to the thread pool
 * and back took four times as much processor time.
 */
export function pack(bodies: Uint8Array): Buffer {
  return hasZstd ? zlib.zstdCompressSync(bodies, OPTIONS) : zlib.deflateSync(bodies, { level: LEVEL });
}

/** For bodies too large to pause for: on the thread pool, a piece at a time. */
export async function packLarge(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const packed: Buffer[] = [];
  const packer = hasZstd ? zlib.createZstdCompress(OPTIONS) : zlib.createDeflate({ level: LEVEL });
  await pipeline(pieces, packer, async (source: AsyncIterable<Buffer>) => {
    for await (const piece of source) packed.push(piece);
  });
  return Buffer.concat(packed);
}

/** The bytes that were packed. @param bytes how many they are; more is refused */
export async function unpack(packed: Uint8Array, bytes: number): Promise<Buffer> {
  const isZstd = ZSTD.equals(packed.subarray(0, ZSTD.length));
  const options = { maxOutputLength: Math.max(1, bytes) };
  return isZstd ? promisify(zlib.zstdDecompress)(packed, options) : inflate(packed, options);
}
