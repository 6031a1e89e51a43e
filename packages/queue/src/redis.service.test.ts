import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { createQueue } from "./queue.ts";
import { describeQueueContract } from "./testing/contract.ts";
import { startTestRedis } from "./testing/redis.ts";

const redis = await startTestRedis();
afterAll(() => redis?.stop());

describe.skipIf(!redis)("on Redis", () => {
  const url = redis?.url ?? "";

  describeQueueContract(() => ({ kind: "redis", url }));

  test("a flushed Redis is an empty queue, not a broken one", async () => {
    const queue = await createQueue({ kind: "redis", url, name: "flushed", onError: () => {} });
    const seen: string[] = [];
    const working = await queue.work(async (ids) => void seen.push(...ids), { concurrency: 1 });
    await queue.nudge(["before"]);
    await expect.poll(() => seen).toEqual(["before"]);
    const admin = new Redis(url);

    await admin.flushall();
    await queue.nudge(["after"]);

    await expect.poll(() => seen).toEqual(["before", "after"]);
    await admin.quit();
    await working.close();
    await queue.close();
  });

  test.skipIf(!redis?.crash)(
    "while Redis is gone a nudge fails, and it works again when Redis is back",
    async () => {
      const errors: Error[] = [];
      const queue = await createQueue({
        kind: "redis",
        url,
        name: "gone",
        onError: (error) => errors.push(error),
      });
      const seen: string[] = [];
      const working = await queue.work(async (ids) => void seen.push(...ids), { concurrency: 1 });
      await queue.nudge(["before"]);
      await expect.poll(() => seen).toEqual(["before"]);

      const crashed = await redis?.crash?.();
      await expect(queue.nudge(["meanwhile"])).rejects.toThrow();
      expect(await queue.health()).toMatchObject({ kind: "away" });
      await crashed?.comeBack();
      await queue.nudge(["after"]);

      await expect.poll(() => seen).toContain("after");
      expect(errors.length).toBeGreaterThan(0);
      await working.close();
      await queue.close();
    },
  );

  test("without Redis at the start the queue waits for it instead of failing", async () => {
    const queue = await createQueue({
      kind: "redis",
      url: "redis://127.0.0.1:1",
      name: "absent",
      onError: () => {},
    });

    expect(await queue.health()).toMatchObject({ kind: "away" });

    await queue.close();
  });
});
