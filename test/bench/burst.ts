/**
 * `npm run bench:burst`: many issues labelled at once, with the pace of writes that GitHub asks for. A plain
 * runner proposes a plan for each as soon as it is dispatched, so what is measured is the thread: when each plan
 * comment stands there, how many writes that took, and whether any was made twice.
 * `-- --json` prints one object as the last line; `-- --only 24` is one burst of one installation,
 * `-- --only 20x5` one of 5 issues of 20 each, `-- --timeline` names each write.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Burst, createBurstWorld } from "./burst/world.ts";
import { quantile } from "./server.ts";

const CASES: Burst[] = [
  { installations: 1, issuesEach: 12 },
  { installations: 1, issuesEach: 24 },
  { installations: 1, issuesEach: 100 },
  { installations: 20, issuesEach: 5 },
];
/** What a second's pause between the writes of one installation allows, and a little for the way there. */
const PAUSE_S = 1;
const MARGIN_S = 8;
const GIVE_UP_S = 900;

const only = process.argv.indexOf("--only");
const cases = only === -1 ? CASES : [burstOf(process.argv[only + 1] ?? "")];
const rows = [];
for (const burst of cases) {
  const row = await measure(burst);
  rows.push(row);
  // Minutes lie between two of them, and one that breaks takes no figures of the others with it.
  console.error(JSON.stringify(row));
}

console.log("Issues labelled at once: until each has its plan comment");
console.table(
  Object.fromEntries(
    rows.map(({ name, ...row }) => [
      name,
      {
        "first s": row.firstS,
        "median s": row.medianS,
        "last s": row.lastS,
        "goal s": row.goalS,
        writes: row.writes,
        doubled: row.doubled,
        missing: row.missing,
        timeouts: row.timeouts,
      },
    ]),
  ),
);
if (process.argv.includes("--json")) console.log(JSON.stringify({ bursts: rows }));
process.exitCode = rows.some(({ doubled, missing, timeouts }) => doubled + missing + timeouts > 0) ? 1 : 0;

async function measure(burst: Burst) {
  const world = await createBurstWorld(burst);
  const total = burst.installations * burst.issuesEach;
  const start = performance.now();
  await world.labelAll();
  while (world.planned().size < total && performance.now() - start < GIVE_UP_S * 1_000) await sleep(100);
  // What is still on its way must not change anything any more: a double would come now.
  await sleep(5_000);
  const seconds = [...world.planned().values()].map((at) => (at - start) / 1_000);
  const busiest = Math.max(...world.writesUntilPlanned().values());
  const row = {
    name: `${burst.issuesEach} issues of ${burst.installations === 1 ? "one" : burst.installations} installation${burst.installations === 1 ? "" : "s each"}`,
    firstS: round(Math.min(...seconds)),
    medianS: round(quantile(seconds, 0.5)),
    lastS: round(Math.max(...seconds)),
    goalS: round(busiest * PAUSE_S + MARGIN_S),
    writes: world.writes(),
    doubled: world.doubled(),
    missing: total - world.planned().size,
    timeouts: world.timeouts(),
  };
  if (process.argv.includes("--timeline")) console.log(world.timeline().join("\n"));
  await world.stop();
  return row;
}

/** `24`, or `20x5`: installations, and issues of each. */
function burstOf(said: string): Burst {
  const match = /^(?:(\d+)x)?(\d+)$/.exec(said);
  if (match === null) throw new Error(`--only takes 24 or 20x5, not ${JSON.stringify(said)}`);
  return { installations: Number(match[1] ?? 1), issuesEach: Number(match[2]) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
