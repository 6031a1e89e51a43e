/**
 * `npm run bench:agent -- --tasks DIR`: how many tasks an agent solves, in how many steps, for how much.
 * The agent works on the road of `aicd run`; a check it never sees judges its change.
 */
import { modelEnv } from "../../packages/cli/src/env.ts";
import { AicdError } from "../../packages/core/src/index.ts";
import { runBench } from "./agent/bench.ts";
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
    const rows = await runBench(options, { env: modelEnv(), signal: stop.signal, watcher });
    const { agent } = options;
    process.stdout.write(options.json ? `${toJson(agent, rows)}\n` : showTable(rows));
    if (stop.signal.aborted) process.exitCode = 130;
  }
} catch (error) {
  // What a person can mend is one sentence; anything else is ours and shows where.
  const text =
    error instanceof AicdError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 2;
}

function toJson(agent: string, rows: Row[]): string {
  const total = sum(rows);
  return JSON.stringify({ agent, solved: total.solved, sum: total, tasks: rows });
}
