import { afterEach, expect, test } from "vitest";
import { createQueue, type NudgeQueue, type QueueSource } from "../queue.ts";

/** What every backend of the nudge queue must do. */
export function describeQueueContract(source: () => QueueSource): void {
  const open: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    for (const part of open.splice(0).reverse()) await part.close();
  });

  async function openQueue(name: string): Promise<NudgeQueue> {
    const queue = await createQueue({ ...source(), name, onError: () => {} });
    open.push(queue);
    return queue;
  }

  async function collect(queue: NudgeQueue, concurrency = 4): Promise<string[][]> {
    const nudges: string[][] = [];
    open.push(await queue.work(async (ids) => void nudges.push(ids), { concurrency }));
    return nudges;
  }

  test("what one process nudges another one gets", async () => {
    const sender = await openQueue("apart");
    const nudges = await collect(await openQueue("apart"));

    await sender.nudge(["1", "2"]);

    await expect.poll(() => nudges).toEqual([["1", "2"]]);
  });

  test("what is nudged before anybody works is handed over later", async () => {
    const queue = await openQueue("early");
    await queue.nudge(["7"]);

    const nudges = await collect(queue);

    await expect.poll(() => nudges).toEqual([["7"]]);
  });

  test("a burst arrives complete, in few nudges", async () => {
    const queue = await openQueue("burst");
    const nudges = await collect(queue);
    const ids = Array.from({ length: 1_000 }, (_, index) => `${index}`);

    await queue.nudge(ids);

    await expect.poll(() => nudges.flat().length).toBe(ids.length);
    expect(new Set(nudges.flat())).toEqual(new Set(ids));
    expect(nudges.length).toBeLessThan(40);
  });

  test("a lone id reaches an idle worker without a polling delay", async () => {
    const queue = await openQueue("idle");
    const arrived = new Map<string, () => void>();
    open.push(
      await queue.work(async (ids) => ids.forEach((id) => void arrived.get(id)?.()), { concurrency: 1 }),
    );
    const delays: number[] = [];

    for (let i = 0; i < 15; i++) {
      const from = performance.now();
      const { promise, resolve } = Promise.withResolvers<void>();
      arrived.set(`${i}`, resolve);
      await Promise.all([queue.nudge([`${i}`]), promise]);
      delays.push(performance.now() - from);
    }

    // Measured 3 ms; a poll would be seconds. The slack is for a busy machine.
    expect(delays.sort((a, b) => a - b)[7]).toBeLessThan(50);
  });

  test("a handler that throws loses its nudge only", async () => {
    const queue = await openQueue("throwing");
    const seen: string[] = [];
    const handler = async ([id = ""]: string[]) => {
      seen.push(id);
      if (id === "bad") throw new Error("cannot");
    };
    open.push(await queue.work(handler, { concurrency: 1 }));

    await queue.nudge(["bad"]);
    await queue.nudge(["good"]);

    await expect.poll(() => seen).toEqual(["bad", "good"]);
    expect(await queue.health()).toEqual({ kind: "well", waiting: 0 });
  });

  test("closing waits for the handlers that run", async () => {
    const queue = await openQueue("closing");
    const started = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let finished = false;
    const handler = async () => {
      started.resolve();
      await gate.promise;
      finished = true;
    };
    const working = await queue.work(handler, { concurrency: 1 });
    await queue.nudge(["1"]);
    await started.promise;

    const closing = working.close();
    gate.resolve();
    await closing;

    expect(finished).toBe(true);
  });

  test("an obliterated queue is empty and goes on working", async () => {
    const queue = await openQueue("emptied");
    await queue.nudge(["1", "2"]);
    await queue.obliterate();
    const nudges = await collect(queue);

    await queue.nudge(["3"]);

    await expect.poll(() => nudges).toEqual([["3"]]);
  });
}
