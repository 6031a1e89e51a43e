import fc from "fast-check";
import { expect, it } from "vitest";
import { historyEnv } from "./testing/env.ts";
import { playHistory } from "./testing/history.ts";
import { faultsOf } from "./testing/history-faults.ts";
import { createHistoryWorld } from "./testing/history-world.ts";

const { runs, timeoutMs } = historyEnv();
const world = await createHistoryWorld();

const step = fc.record({
  who: fc.nat({ max: 9 }),
  which: fc.nat({ max: 1_000 }),
  chance: fc.nat({ max: 1_000 }),
});

it(`in ${runs} random lives of an issue nothing is lost, nothing doubled, and every word is heard`, {
  timeout: timeoutMs,
  retry: 0,
}, async () => {
  const steps = fc.array(step, { minLength: 10, maxLength: 60, size: "max" });
  const lives = fc.record({ start: fc.nat({ max: 2 }), steps });

  await fc.assert(
    fc.asyncProperty(lives, async (life) => {
      const ending = await playHistory(world, life);
      expect(await faultsOf(world, ending)).toEqual([]);
    }),
    {
      numRuns: runs,
      interruptAfterTimeLimit: timeoutMs - 30_000,
      markInterruptAsFailure: true,
      endOnFailure: true,
    },
  );
  expect(world.home.github.unexpected).toEqual([]);
});
