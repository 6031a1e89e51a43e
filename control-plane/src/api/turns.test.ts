import { expect, it } from "vitest";
import { createTurns } from "./turns.ts";

/** What has happened by now, without waiting for more. */
async function begun(waits: Promise<unknown>[]): Promise<boolean[]> {
  const states = waits.map(() => false);
  waits.forEach((wait, index) => void wait.then(() => (states[index] = true)));
  await new Promise((resolve) => setImmediate(resolve));
  return states;
}

it("lets so many of one at work and the others wait in their order", async () => {
  const turns = createTurns(2);
  const waits = ["a", "a", "a", "a"].map((of) => turns.wait(of));
  expect(await begun(waits)).toEqual([true, true, false, false]);

  (await waits[1])?.();

  expect(await begun(waits)).toEqual([true, true, true, false]);
});

it("makes nobody wait for others", async () => {
  const turns = createTurns(1);
  await turns.wait("loud");
  void turns.wait("loud");

  expect(await begun([turns.wait("quiet")])).toEqual([true]);
});

it("gives a place back once, however often it is said", async () => {
  const turns = createTurns(1);
  const leave = await turns.wait("a");
  const waits = [turns.wait("a"), turns.wait("a")];

  leave();
  leave();

  expect(await begun(waits)).toEqual([true, false]);
});
