import { expect, it } from "vitest";
import { passThrough } from "./pass-through.ts";

function bodyOf(chunks: number, breaks = false): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent++ < chunks) controller.enqueue(new Uint8Array(40_000));
      else if (breaks) controller.error(new Error("reset"));
      else controller.close();
    },
  });
}

it("reads a body to its end when its reader hangs up in the middle", async () => {
  const ended = Promise.withResolvers<void>();
  let seen = 0;

  const out = passThrough(bodyOf(50), {
    seen: (chunk) => {
      seen += chunk.length;
    },
    ended: async () => ended.resolve(),
  });
  out.once("data", () => out.destroy());
  await ended.promise;

  expect(seen).toBe(50 * 40_000);
});

it("reads a body to its end when its reader never came", async () => {
  const ended = Promise.withResolvers<void>();
  let seen = 0;

  passThrough(bodyOf(50), {
    seen: (chunk) => {
      seen += chunk.length;
    },
    ended: async () => ended.resolve(),
  }).destroy();
  await ended.promise;

  expect(seen).toBe(50 * 40_000);
});

it("passes everything on, and tells when the body broke", async () => {
  let ends = 0;
  const read = async (body: ReadableStream<Uint8Array>) => {
    let bytes = 0;
    for await (const chunk of passThrough(body, { seen: () => {}, ended: async () => void ends++ }))
      bytes += chunk.length;
    return bytes;
  };

  expect(await read(bodyOf(50))).toBe(50 * 40_000);
  await expect(read(bodyOf(3, true))).rejects.toThrow("reset");
  expect(ends).toBe(2);
});
