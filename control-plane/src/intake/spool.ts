import { randomUUID } from "node:crypto";
import { closeSync, createReadStream, openSync, type ReadStream, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A file for one body. It has no name any more once it is open, so nothing of it outlives this process. */
export interface Spool {
  /** Throws what the system says when the disk is full. */
  write(chunk: Uint8Array): void;
  /** All of it, from the start, in pieces. */
  read(): AsyncIterable<Uint8Array>;
  /** Idempotent. */
  close(): void;
}

/** Written at once: 64 KB into the page cache take less than handing them to another thread. */
export function openSpool(directory: string): Spool {
  const path = join(directory, `aicd-webhook-${randomUUID()}`);
  const fd = openSync(path, "wx+", 0o600);
  unlinkSync(path);
  let open = true;
  let reading: ReadStream | undefined;
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    },
    read() {
      reading = createReadStream("", { fd, start: 0 });
      return reading;
    },
    close() {
      if (!open) return;
      open = false;
      // Whoever reads closes it: the number of a closed file may be another's before the next read.
      if (reading === undefined) closeSync(fd);
      else reading.destroy();
    },
  };
}
