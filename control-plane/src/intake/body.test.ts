import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createBodies, LARGE_BYTES } from "./body.ts";

const PIECE = Buffer.alloc(64 * 1024, "x");
let directory = "";
let clock = 0;
beforeEach(async () => {
  clock = 0;
  directory = await mkdtemp(join(tmpdir(), "aicd-bodies-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const bodies = () => createBodies({ directory, now: () => clock });
const fill = (body: ReturnType<ReturnType<typeof bodies>>, bytes: number) => {
  let problem: string | undefined;
  for (let sent = 0; sent < bytes && problem === undefined; sent += PIECE.length) problem = body.push(PIECE);
  return problem;
};

it("keeps a large body in a file without a name, and gives it back whole", async () => {
  const body = bodies()(() => undefined);

  expect(fill(body, 2 * LARGE_BYTES)).toBeUndefined();
  expect(await readdir(directory)).toEqual([]);

  const pieces = body.take();
  let bytes = 0;
  if (!Array.isArray(pieces)) for await (const piece of pieces) bytes += piece.length;
  expect(bytes).toBe(body.bytes);
  body.release();
});

it("takes the place of the slowest for a faster one, and keeps a signed one's", () => {
  const begin = bodies();
  const evicted: number[] = [];
  const slower = begin(() => undefined);
  clock += 1_000;
  const slow = Array.from({ length: 32 }, (_, index) => begin(() => evicted.push(index)));
  for (const body of slow) {
    expect(fill(body, LARGE_BYTES + PIECE.length)).toBeUndefined();
    clock += 1_000;
  }
  slow[0]?.take();

  expect(fill(slower, LARGE_BYTES + PIECE.length)).toBe("no-room");
  const fast = begin(() => undefined);
  clock += 1;
  expect(fill(fast, LARGE_BYTES + PIECE.length)).toBeUndefined();

  // The first is the slowest of all, but it is all there.
  expect(evicted).toEqual([1]);
  for (const body of [...slow, fast, slower]) body.release();
});

it("has no room where the disk has none", () => {
  const begin = createBodies({ directory: join(directory, "missing") });

  expect(
    fill(
      begin(() => undefined),
      2 * LARGE_BYTES,
    ),
  ).toBe("no-room");
});
