import { Readable } from "node:stream";
import { expect, test, vi } from "vitest";
import { LARGE_BYTES } from "../body.ts";
import { createCommitter } from "./committer.ts";
import { unpack } from "./pack.ts";
import type { Batch } from "./store.ts";

interface Sent extends Batch {
  /** Ends the transaction, as the test says. */
  readonly done: PromiseWithResolvers<void>;
}

function committing() {
  const sent: Sent[] = [];
  const committer = createCommitter((batch) => {
    const done = Promise.withResolvers<void>();
    sent.push({ ...batch, done });
    return done.promise;
  });
  function add(id: string, text: string, withinMs = 10_000): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const body = Buffer.from(text);
    const halves = [body.subarray(0, body.length / 2), body.subarray(body.length / 2)];
    const pieces = body.length > LARGE_BYTES ? Readable.from(halves) : halves;
    committer.add({ id, event: "issues", bytes: body.length }, pieces, { withinMs, settle: resolve });
    return promise;
  }
  return { sent, committer, add };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function textOf({ body, deliveries }: Batch): Promise<string> {
  const bytes = deliveries.reduce((sum, delivery) => sum + delivery.bytes, 0);
  return (await unpack(body, bytes)).toString("latin1");
}

function idsOf({ deliveries }: Batch): string {
  return deliveries.map(({ id }) => id).join(" ");
}

test("what arrives in the same turn goes together, what arrives meanwhile goes next", async () => {
  const { sent, add } = committing();

  void add("a", "AA");
  void add("b", "B");
  await turn();
  void add("c", "C");
  await turn();
  void add("d", "D");
  void add("e", "E");
  await turn();
  expect(sent.map(idsOf)).toEqual(["a b", "c"]);
  sent[0]?.done.resolve();
  await turn();
  await turn();

  expect(sent.map(idsOf)).toEqual(["a b", "c", "d e"]);
  expect(await Promise.all(sent.map(textOf))).toEqual(["AAB", "C", "DE"]);
});

test("nobody is told before the commit", async () => {
  const { sent, add } = committing();
  const told: boolean[] = [];
  void add("a", "{}").then((stored) => told.push(stored));
  await turn();
  await turn();
  expect(told).toEqual([]);

  sent[0]?.done.resolve();

  await expect.poll(() => told).toEqual([true]);
});

test("a batch that fails promises nothing to anybody, and the next one goes on", async () => {
  const { sent, add } = committing();
  const told = Promise.all([add("a", "{}"), add("b", "{}")]);
  await turn();

  sent[0]?.done.reject(new Error("disk full"));
  const later = add("c", "{}");
  await turn();
  sent[1]?.done.resolve();

  expect(await told).toEqual([false, false]);
  expect(await later).toBe(true);
});

test("nobody waits past the deadline, and a commit that comes later changes nothing", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "performance"] });
  const { sent, committer, add } = committing();
  const told = add("a", "{}", 1_000);
  await turn();

  vi.advanceTimersByTime(1_600);

  expect(await told).toBe(false);
  sent[0]?.done.resolve();
  await committer.idle();
  vi.useRealTimers();
});

test("a large body travels alone and does not hold up the others", async () => {
  const { sent, add } = committing();
  const large = "x".repeat(LARGE_BYTES + 1);

  void add("large", large);
  void add("small", "{}");

  await expect.poll(() => sent.map(idsOf).toSorted()).toEqual(["large", "small"]);
  const alone = sent.find((batch) => idsOf(batch) === "large");
  expect(alone && (await textOf(alone))).toBe(large);
});

test("more than fits into one batch is kept in order for the next ones", async () => {
  const { sent, add } = committing();
  const bodies = Array.from({ length: 12 }, (_, index) =>
    String.fromCharCode(97 + index).repeat(LARGE_BYTES),
  );

  const told = Promise.all(bodies.map((body, index) => add(`${index}`, body)));
  for (let i = 0; i < 3; i++) {
    await expect.poll(() => sent.length).toBeGreaterThan(i);
    sent[i]?.done.resolve();
  }

  expect(await told).toEqual(bodies.map(() => true));
  expect(sent.map(idsOf)).toEqual(["0 1 2 3", "4 5 6 7", "8 9 10 11"]);
  expect((await Promise.all(sent.map(textOf))).join("")).toBe(bodies.join(""));
});

test("idle means that everybody was told", async () => {
  const { sent, committer, add } = committing();
  await committer.idle();
  let told = false;
  void add("a", "{}").then(() => {
    told = true;
  });
  await turn();

  const idle = committer.idle();
  sent[0]?.done.resolve();
  await idle;

  expect(told).toBe(true);
});
