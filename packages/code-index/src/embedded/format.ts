import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";
import type { Snapshot } from "../rank/snapshot.ts";

/** Raised with every change of what a snapshot means: older files then count as no index. */
const VERSION = 4;
const MAGIC = "aicdidx\n";
const HEADER = MAGIC.length + 8;

export type Stored = { tenantId: string; repositoryId: string; snapshot: Snapshot };

/** Magic, version, checksum, and the snapshot in node's own serialisation. */
export function encode(stored: Stored): Buffer[] {
  const body = serialize(stored);
  const header = Buffer.alloc(HEADER);
  header.write(MAGIC, "latin1");
  header.writeUInt32LE(VERSION, MAGIC.length);
  header.writeUInt32LE(crc32(body), MAGIC.length + 4);
  return [header, body];
}

/** Undefined for what is cut, damaged, of another version, or of another repository than asked for. */
export function decode(
  bytes: Buffer,
  owner: { tenantId: string; repositoryId: string },
): Snapshot | undefined {
  if (bytes.byteLength < HEADER || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
  if (bytes.readUInt32LE(MAGIC.length) !== VERSION) return undefined;
  const body = bytes.subarray(HEADER);
  if (crc32(body) !== bytes.readUInt32LE(MAGIC.length + 4)) return undefined;
  try {
    const stored = deserialize(body) as Stored;
    const isOurs = stored.tenantId === owner.tenantId && stored.repositoryId === owner.repositoryId;
    return isOurs ? stored.snapshot : undefined;
  } catch {
    // A body with a right checksum that is none of ours: the same as no index.
    return undefined;
  }
}
