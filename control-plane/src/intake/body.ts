import { tmpdir } from "node:os";
import { LIMITS } from "@aicd/core";
import { openSpool, type Spool } from "./spool.ts";

/** Smaller ones need no rule of their own: connections are counted, so their sum is bounded. */
export const LARGE_BYTES = 256 * 1024;
/** Larger ones on their way in at the same time, each in a file: 800 MB of disk at most, and no memory. */
const LARGE_AT_ONCE = 32;

/** What was sent, in pieces; large bodies come from their file as they are read. */
export type Pieces = Uint8Array[] | AsyncIterable<Uint8Array>;

/** A body on its way in. */
export interface Body {
  /** Takes the next piece. @returns why no more is taken */
  push(chunk: Uint8Array): "too-large" | "no-room" | undefined;
  readonly bytes: number;
  /** Hands the pieces over and forgets them; the place of a large body stays taken until `release`. */
  take(): Pieces;
  /** Gives the place and the pieces up. Idempotent. */
  release(): void;
}

type Large = { spool: Spool; rate(): number; evict: (() => void) | undefined };

/**
 * Who sends is not known before a whole body is, so strangers share the places of large bodies with GitHub. When
 * all are taken the slowest gives way to a faster one: holding a place costs a stranger as much as using it.
 */
export function createBodies({ directory = tmpdir(), now = () => performance.now() } = {}) {
  const places = new Set<Large>();

  function makeRoom(rate: number): boolean {
    if (places.size < LARGE_AT_ONCE) return true;
    const arriving = [...places].filter(({ evict }) => evict !== undefined);
    const slowest = arriving.sort((a, b) => a.rate() - b.rate())[0];
    if (slowest === undefined || slowest.rate() >= rate) return false;
    slowest.evict?.();
    return true;
  }

  /** @param evicted called when another body gets this one's place; `release` follows by itself */
  return function begin(evicted: () => void): Body {
    const since = now();
    let chunks: Uint8Array[] = [];
    let bytes = 0;
    let large: Large | undefined;
    const rate = () => bytes / Math.max(1, now() - since);

    function release(): void {
      chunks = [];
      if (large === undefined) return;
      places.delete(large);
      large.spool.close();
    }

    function keep(chunk: Uint8Array): boolean {
      if (bytes <= LARGE_BYTES) {
        chunks.push(chunk);
        return true;
      }
      try {
        if (large === undefined) {
          if (!makeRoom(rate())) return false;
          const evict = () => {
            release();
            evicted();
          };
          large = { spool: openSpool(directory), rate, evict };
          places.add(large);
          for (const earlier of chunks.splice(0)) large.spool.write(earlier);
        }
        large.spool.write(chunk);
        return true;
      } catch {
        // The disk is full: GitHub is told to send it again.
        return false;
      }
    }

    return {
      get bytes() {
        return bytes;
      },
      push(chunk) {
        bytes += chunk.length;
        if (bytes > LIMITS.webhookBodyBytes) return "too-large";
        return keep(chunk) ? undefined : "no-room";
      },
      take() {
        if (large === undefined) return chunks.splice(0);
        // All there, and signed: it has a right to its place now.
        large.evict = undefined;
        return large.spool.read();
      },
      release,
    };
  };
}
