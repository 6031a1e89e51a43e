import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { createPool, migrate, startEmbeddedPostgres } from "@aicd/db";
import { BODY_BYTES } from "./intake/bodies.ts";
import { countLost } from "./intake/lost.ts";

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 3;
const SERVERS = ["raw", "probot", "ours"] as const;

type Name = (typeof SERVERS)[number];
/** What the load generator prints. */
export interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Numbers of the deliveries that were answered with 2xx. */
  readonly answered: readonly number[];
  /** Which run the numbers belong to. */
  readonly run: number;
}

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
  },
});

const directory = await mkdtemp(join(tmpdir(), "aicd-bench-"));
const postgres = await startEmbeddedPostgres({ directory });
const children: ChildProcess[] = [];
try {
  const pool = createPool({ ...postgres, applicationName: "bench", onError: () => {} });
  await migrate(pool);
  const ports = new Map<Name, number>();
  for (const name of SERVERS) ports.set(name, await startServer(name));

  const rounds: Record<Name, Round[]> = { raw: [], probot: [], ours: [] };
  const warmUps: Round[] = [];
  let run = 0;
  for (const name of SERVERS) warmUps.push(await load(ports.get(name) ?? 0, WARM_UP_SECONDS, run++));
  // Side by side: a machine that is slow for a minute is slow for all three.
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const name of SERVERS)
      rounds[name].push(await load(ports.get(name) ?? 0, Number(options.seconds), run++));
  }

  const { stored, lost } = await countLost(pool, [...rounds.ours, ...warmUps.slice(-1)]);
  report(rounds, { stored, lost });
  await pool.end();
} finally {
  for (const child of children) child.disconnect();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function startServer(name: Name): Promise<number> {
  const child = fork(fileURLToPath(new URL(`./intake/${name}.ts`, import.meta.url)), [
    postgres.connectionString,
  ]);
  children.push(child);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return port;
}

async function load(port: number, seconds: number, run: number): Promise<Round> {
  const generator = fileURLToPath(new URL("./intake/load.ts", import.meta.url));
  const args = [generator, `${port}`, `${CONNECTIONS}`, `${seconds}`, `${run}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 256 * 1024 * 1024 });
  return { ...(JSON.parse(stdout) as Omit<Round, "run">), run };
}

function report(rounds: Record<Name, Round[]>, kept: { stored: number; lost: number }): void {
  const summary = SERVERS.map((name) => ({
    server: name,
    "per second": Math.round(median(rounds[name].map(({ perSecond }) => perSecond))),
    "p50 ms": round(median(rounds[name].map(({ p50Ms }) => p50Ms)), 1),
    "p99 ms": round(median(rounds[name].map(({ p99Ms }) => p99Ms)), 1),
    "max ms": round(Math.max(...rounds[name].map(({ maxMs }) => maxMs)), 1),
    refused: rounds[name]
      .flatMap(({ refused }) => Object.values(refused))
      .reduce((sum, count) => sum + count, 0),
  }));
  console.log(
    `Webhook intake: ${BODY_BYTES / 1024} KB bodies, ${CONNECTIONS} connections, medians of ${options.rounds}`,
  );
  console.table(summary);
  const [raw, probot, ours] = summary;
  if (!raw || !probot || !ours) return;
  const result = {
    ratioVsProbot: round(ours["per second"] / probot["per second"], 2),
    ratioVsRaw: round(ours["per second"] / raw["per second"], 2),
    perSecond: ours["per second"],
    p50Ms: ours["p50 ms"],
    p99Ms: ours["p99 ms"],
    maxMs: ours["max ms"],
    refused: ours.refused,
    stored: kept.stored,
    lost: kept.lost,
    probotPerSecond: probot["per second"],
    rawPerSecond: raw["per second"],
  };
  console.log(
    `ours / Probot (stores nothing) ${result.ratioVsProbot}   ours / raw node:http ${result.ratioVsRaw}   accepted and stored ${kept.stored}   lost ${kept.lost}`,
  );
  if (options.json) console.log(JSON.stringify(result));
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
