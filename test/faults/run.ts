import { parseArgs } from "node:util";
import { type Outcome, play } from "./play.ts";
import { type Figures, lineOf, p99, recoveryOf } from "./report.ts";

/**
 * `npm run test:faults -- --seed 1`: real processes, one fault at a random moment of each issue's life, and the
 * accounts of GitHub, of the vendor and of the database afterwards. Without `--runs` each fault comes once on each kind
 * of queue, in less than five minutes on two cores; `--deep` plays 600. The seed says which faults fall when.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string" },
    deep: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const DEEP_RUNS = 600;
const seed = Number(values.seed);
const runs = values.runs === undefined ? (values.deep ? DEEP_RUNS : undefined) : Number(values.runs);
if (!Number.isSafeInteger(seed) || (runs !== undefined && !(Number.isSafeInteger(runs) && runs >= 1))) {
  process.stderr.write("--seed and --runs are whole numbers, --runs at least 1\n");
  process.exit(2);
}

const say = (line: string) => void process.stderr.write(values.json ? "" : `${line}\n`);
const outcomes: Outcome[] = [];
for (const queue of ["postgres", "redis"] as const) {
  const share = runs === undefined ? undefined : Math.ceil(runs / 2);
  say(`\nThe queue is ${queue}:`);
  outcomes.push(await play({ queue, seed, runs: share, onRun: (number, run) => say(lineOf(number, run)) }));
}

const figures = sum(outcomes);
for (const breach of outcomes.flatMap(({ sentences }) => sentences)) process.stderr.write(`! ${breach}\n`);
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else process.stdout.write(`\n${JSON.stringify(figures, null, 2)}\n`);
process.exitCode = figures.lost + figures.doubled + figures.stuck === 0 ? 0 : 1;

function sum(parts: readonly Outcome[]): Figures {
  const all = parts.flatMap((part) => part.runs);
  const recoveries = all.flatMap((run) => recoveryOf(run) ?? []);
  const total = (key: "lost" | "doubled" | "stuck") => parts.reduce((count, part) => count + part[key], 0);
  return {
    seed,
    runs: all.length,
    faults: new Set(all.map(({ fault }) => fault)).size,
    recovered: recoveries.length,
    p99RecoveryMs: p99(recoveries),
    lost: total("lost"),
    doubled: total("doubled"),
    stuck: total("stuck"),
  };
}
