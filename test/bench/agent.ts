/**
 * `npm run bench:agent -- --agent claude --against bash`: how many tasks an agent solves, in how many steps, for how
 * much, and how that compares with another.
 * The agent works on the road of `aicd run`; a check it never sees judges its change.
 */
import { modelEnv } from "../../packages/cli/src/env.ts";
import { AicdError } from "../../packages/core/src/index.ts";
import { runBench } from "./agent/bench.ts";
import { compareRows, showComparison } from "./agent/compare.ts";
import { readOptions, USAGE } from "./agent/options.ts";
import { type Row, sum } from "./agent/row.ts";
import { createWatcher, showTable } from "./agent/show.ts";

/** npm passes on a signal the terminal has sent as well; only one that comes later is meant as "at once". */
const SAME_SIGNAL_MS = 1_500;

const stop = new AbortController();
let stoppedAt = Number.POSITIVE_INFINITY;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (performance.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(130);
    if (!stop.signal.aborted) stoppedAt = performance.now();
    stop.abort();
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(USAGE);
  else {
    const watcher = createWatcher(process.stderr);
    const deps = { env: modelEnv(), signal: stop.signal, watcher };
    const { agent, against } = options;
    const rows = await runBench(options, deps);
    const others = against === undefined ? undefined : await runBench({ ...options, agent: against }, deps);
    const found = others === undefined ? undefined : compareRows(rows, others);
    if (options.json) {
      const compared = others && { against: { agent: against, ...report(others) }, compared: found };
      process.stdout.write(`${JSON.stringify({ agent, ...report(rows), ...compared })}\n`);
    } else {
      process.stdout.write(showTable(rows) + (others === undefined ? "" : showTable(others)));
      if (found !== undefined) process.stdout.write(showComparison([agent, against ?? ""], found));
    }
    if (stop.signal.aborted) process.exitCode = 130;
  }
} catch (error) {
  // What a person can mend is one sentence; anything else is ours and shows where.
  const text =
    error instanceof AicdError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 2;
}

function report(rows: Row[]): { solved: number; sum: ReturnType<typeof sum>; tasks: Row[] } {
  const total = sum(rows);
  return { solved: total.solved, sum: total, tasks: rows };
}
