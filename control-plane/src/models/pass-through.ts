import type { Readable } from "node:stream";
import { PassThrough } from "node:stream";

/**
 * Passes a body on while `seen` looks at each chunk. A reader that goes away does not end it: the rest
 * is still read, because what the vendor goes on producing is billed. `ended` runs once, at the end of
 * the body or when it breaks.
 */
export function passThrough(
  body: ReadableStream<Uint8Array>,
  { seen, ended }: { seen: (chunk: Uint8Array) => void; ended: () => Promise<void> },
): Readable {
  const out = new PassThrough();
  // A stream that breaks after its reader left has nobody to tell.
  out.on("error", () => {});
  void pump(body, out, seen).finally(ended);
  return out;
}

async function pump(
  body: ReadableStream<Uint8Array>,
  out: PassThrough,
  seen: (chunk: Uint8Array) => void,
): Promise<void> {
  try {
    for await (const chunk of body) {
      seen(chunk);
      if (!out.destroyed && !out.write(chunk)) await room(out);
    }
    out.end();
  } catch (error) {
    // The reader learns that the answer was cut; the usage so far is booked by `ended`.
    out.destroy(error instanceof Error ? error : new Error("The answer was cut."));
  }
}

/** Until the reader has caught up or gone. */
function room(out: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      out.off("drain", go);
      out.off("close", go);
      resolve();
    };
    out.on("drain", go);
    out.on("close", go);
  });
}
