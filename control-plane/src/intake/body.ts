import { LIMITS } from "@aicd/core";

/** Up to here a body is kept in the pieces it came in; connections are counted, so this bounds memory. */
export const LARGE_BYTES = 256 * 1024;
/** Larger ones at the same time. They can keep each other out, and nobody else. */
const LARGE_AT_ONCE = 4;

/** A body on its way in. */
export interface Body {
  /** Takes the next piece. @returns why no more is taken */
  push(chunk: Uint8Array): "too-large" | "no-room" | undefined;
  readonly bytes: number;
  /** A large body, in memory of its own that exactly fits; else undefined. */
  own(): ArrayBuffer | undefined;
  /** Copies a body that is not large. @returns position behind it */
  copyTo(target: Uint8Array, at: number): number;
  /** Gives the memory up. Idempotent; nothing else may be called afterwards. */
  release(): void;
}

/** @returns a function of the announced length (0 when there is none) that starts a body */
export function createBodies(): (announced: number) => Body {
  let large = 0;

  return (announced) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let arena: Uint8Array<ArrayBuffer> | undefined;
    let released = false;

    /** Only once this much has really come: announcing 25 MB costs nothing. */
    function growLarge(needed: number): void {
      const capacity = announced >= needed ? announced : Math.min(needed * 2, LIMITS.webhookBodyBytes);
      const grown = new Uint8Array(capacity);
      let at = 0;
      for (const piece of arena ? [arena.subarray(0, bytes)] : chunks) {
        grown.set(piece, at);
        at += piece.length;
      }
      chunks.length = 0;
      arena = grown;
    }

    return {
      get bytes() {
        return bytes;
      },
      push(chunk) {
        const needed = bytes + chunk.length;
        if (needed > LIMITS.webhookBodyBytes) return "too-large";
        if (needed > LARGE_BYTES && !arena) {
          if (large === LARGE_AT_ONCE) return "no-room";
          large++;
          growLarge(needed);
        } else if (arena && needed > arena.length) growLarge(needed);
        if (arena) arena.set(chunk, bytes);
        else chunks.push(chunk);
        bytes = needed;
        return undefined;
      },
      own() {
        return arena?.length === bytes ? arena.buffer : arena?.slice(0, bytes).buffer;
      },
      copyTo(target, at) {
        let end = at;
        for (const chunk of chunks) {
          target.set(chunk, end);
          end += chunk.length;
        }
        return end;
      },
      release() {
        if (released) return;
        released = true;
        if (arena) large--;
        arena = undefined;
        chunks.length = 0;
      },
    };
  };
}
