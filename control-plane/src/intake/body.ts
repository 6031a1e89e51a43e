import { LIMITS } from "@aicd/core";
import { createKeyedLimit, type Leave } from "../keyed-limit.ts";

/** Smaller ones need no rule of their own: connections are counted, so their sum is bounded. */
export const LARGE_BYTES = 256 * 1024;
/** Larger ones at the same time. They can keep each other out, and nobody else. */
const LARGE_AT_ONCE = 4;
/** Who sends is not known before the whole body is, so the places are one for all. */
const EVERYBODY = "";

/** A body on its way in, kept in the pieces it comes in. */
export interface Body {
  /** Takes the next piece. @returns why no more is taken */
  push(chunk: Uint8Array): "too-large" | "no-room" | undefined;
  readonly bytes: number;
  /** Hands the pieces over and forgets them; the place of a large body stays taken until `release`. */
  take(): Uint8Array[];
  /** Gives the place and the pieces up. Idempotent. */
  release(): void;
}

export function createBodies(): () => Body {
  const large = createKeyedLimit(LARGE_AT_ONCE);

  return () => {
    let chunks: Uint8Array[] = [];
    let bytes = 0;
    let leave: Leave | undefined;
    return {
      get bytes() {
        return bytes;
      },
      take() {
        const taken = chunks;
        chunks = [];
        return taken;
      },
      push(chunk) {
        bytes += chunk.length;
        if (bytes > LIMITS.webhookBodyBytes) return "too-large";
        if (bytes > LARGE_BYTES && leave === undefined) {
          leave = large.tryEnter(EVERYBODY);
          if (leave === undefined) return "no-room";
        }
        chunks.push(chunk);
        return undefined;
      },
      release() {
        chunks = [];
        leave?.();
      },
    };
  };
}
