import { expect, it } from "vitest";
import { createKeyedLimit, eachLimited } from "./keyed-limit.ts";

/** What has happened by now, without waiting for more. */
async function begun(waits: Promise<unknown>[]): Promise<boolean[]> {
  const states = waits.map(() => false);
  waits.forEach((wait, index) => void wait.then(() => (states[index] = true)));
  await new Promise((resolve) => setImmediate(resolve));
  return states;
}

it("lets so many of one at work and the others wait in their order", async () => {
  const limit = createKeyedLimit(2);
  const waits = ["a", "a", "a", "a"].map((key) => limit.enter(key));
  expect(await begun(waits)).toEqual([true, true, false, false]);

  (await waits[1])?.();

  expect(await begun(waits)).toEqual([true, true, true, false]);
});

it("makes nobody wait for others", async () => {
  const limit = createKeyedLimit(1);
  await limit.enter("loud");
  void limit.enter("loud");

  expect(await begun([limit.enter("quiet")])).toEqual([true]);
  expect(limit.tryEnter("loud")).toBeUndefined();
  expect(limit.tryEnter("silent")).toBeDefined();
});

it("gives a place back once, however often it is said", async () => {
  const limit = createKeyedLimit(1);
  const leave = await limit.enter("a");
  const waits = [limit.enter("a"), limit.enter("a")];

  leave();
  leave();

  expect(await begun(waits)).toEqual([true, false]);
});

it("says at once that no place is free, and gives the next one that is", () => {
  const limit = createKeyedLimit(1);
  const leave = limit.tryEnter("a");
  const refused = limit.tryEnter("a");

  leave?.();

  expect(refused).toBeUndefined();
  expect(limit.tryEnter("a")).toBeDefined();
});

it("goes through a list with so many at a time, and fails with the first that fails", async () => {
  let now = 0;
  let most = 0;
  const done: number[] = [];
  await eachLimited([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    done.push(item);
  });

  expect({ most, done }).toEqual({ most: 2, done: [1, 2, 3, 4, 5] });
  await expect(eachLimited([1], 2, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
});
