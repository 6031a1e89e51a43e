import { expect, test, vi } from "vitest";
import { createBodies, LARGE_BYTES } from "./body.ts";
import { createCommitter } from "./committer.ts";
import type { BatchWritten, DeliveryHead, Verdict } from "./messages.ts";
import type { Writer, Written } from "./thread.ts";

interface Sent {
  readonly ids: string[];
  readonly text: string;
  answer(result?: BatchWritten["result"]): void;
}

/** A writer whose answers the test gives. */
function createScriptedWriter(): Pick<Writer, "write"> & { sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    write(arena: ArrayBuffer, deliveries: readonly DeliveryHead[], done: (written: Written) => void) {
      const bytes = deliveries.reduce((sum, delivery) => sum + delivery.bytes, 0);
      const verdicts = deliveries.map((): Verdict => "stored");
      sent.push({
        ids: deliveries.map(({ id }) => id),
        text: Buffer.from(arena, 0, bytes).toString("latin1"),
        answer: (result = { kind: "judged", verdicts }) => done({ arena, result }),
      });
    },
  };
}

function committing() {
  const writer = createScriptedWriter();
  const failures: (string | undefined)[] = [];
  const committer = createCommitter(writer, ({ failure }) => failures.push(failure));
  const beginBody = createBodies();
  function add(id: string, text: string, withinMs = 10_000): Promise<Verdict | undefined> {
    const body = beginBody(0);
    body.push(Buffer.from(text));
    const { promise, resolve } = Promise.withResolvers<Verdict | undefined>();
    committer.add({ id, event: "issues", bytes: body.bytes }, body, { withinMs, settle: resolve });
    body.release();
    return promise;
  }
  return { writer, committer, failures, add };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("what arrives in the same turn goes together, what arrives meanwhile goes next", async () => {
  const { writer, add } = committing();

  void add("a", "AA");
  void add("b", "B");
  await turn();
  void add("c", "C");
  await turn();
  void add("d", "D");
  void add("e", "E");
  await turn();
  writer.sent[0]?.answer();
  await turn();

  expect(writer.sent.map(({ ids, text }) => [ids.join(""), text])).toEqual([
    ["ab", "AAB"],
    ["c", "C"],
    ["de", "DE"],
  ]);
});

test("each one is told its own verdict", async () => {
  const { writer, add } = committing();
  const told = Promise.all([add("a", "{"), add("b", "{}")]);
  await turn();

  writer.sent[0]?.answer({ kind: "judged", verdicts: ["not-json", "stored"] });

  expect(await told).toEqual(["not-json", "stored"]);
});

test("a batch that fails promises nothing to anybody, and the next one goes on", async () => {
  const { writer, add, failures } = committing();
  const told = Promise.all([add("a", "{}"), add("b", "{}")]);
  await turn();

  writer.sent[0]?.answer({ kind: "failed", reason: "disk full" });
  const later = add("c", "{}");
  await turn();
  writer.sent[1]?.answer();

  expect(await told).toEqual([undefined, undefined]);
  expect(await later).toBe("stored");
  expect(failures).toEqual(["disk full", undefined]);
});

test("nobody waits past the deadline, and an answer that comes later changes nothing", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "performance"] });
  const { writer, committer, add } = committing();
  const told = add("a", "{}", 1_000);
  await turn();

  vi.advanceTimersByTime(1_600);

  expect(await told).toBeUndefined();
  writer.sent[0]?.answer();
  await committer.idle();
  vi.useRealTimers();
});

test("a large body travels alone and does not hold up the others", async () => {
  const { writer, add } = committing();
  const large = "x".repeat(LARGE_BYTES + 1);

  void add("large", large);
  void add("small", "{}");
  await turn();
  await turn();

  expect(writer.sent.map(({ ids }) => ids)).toEqual([["large"], ["small"]]);
  expect(writer.sent[0]?.text).toBe(large);
});

test("more than fits into one batch is kept in order for the next ones", async () => {
  const { writer, add } = committing();
  const bodies = Array.from({ length: 12 }, (_, index) =>
    String.fromCharCode(97 + index).repeat(LARGE_BYTES),
  );

  for (const [index, body] of bodies.entries()) void add(`${index}`, body);
  for (let i = 0; i < 4; i++) {
    await turn();
    await turn();
    writer.sent[i]?.answer();
  }

  expect(writer.sent.flatMap(({ ids }) => ids)).toEqual(bodies.map((_, index) => `${index}`));
  expect(writer.sent.map(({ text }) => text).join("")).toBe(bodies.join(""));
});

test("idle means that everybody was told", async () => {
  const { writer, committer, add } = committing();
  await committer.idle();
  let told = false;
  void add("a", "{}").then(() => {
    told = true;
  });
  await turn();

  const idle = committer.idle();
  writer.sent[0]?.answer();
  await idle;

  expect(told).toBe(true);
});
