import { beginServerPause, endServerPause, listStuckTasks, readPauseStatus } from "@aicd/db";
import { createLogger, createMetrics, createRedactor, createShutdown, EnvError, Secret } from "@aicd/ops";
import type { Pool } from "pg";
import { readCommandConfig } from "./command-config.ts";
import { JOBS } from "./jobs/catalog.ts";
import { buryJob, findJob, listTroubledJobs, retryJob } from "./outbox/operate.ts";
import { openStores } from "./wire/stores.ts";

/**
 * `npm run aicd -- admin jobs …`, `admin tasks stuck`, `admin pause`, `resume` and `status`, with the server's own
 * environment: what is asked for, one JSON object a line. Ends with 0, with 2 when there is no such job, with 1 when
 * nothing could be looked at.
 */
const STUCK_MINUTES = 10;
const BURIED = "The operator of this server gave it up.";

type Answer = { rows: readonly unknown[]; said: string; code: 0 | 2 };

const AT_ONCE =
  "What is at work goes back into the queue within a minute, and no model is called from now on.";
const LET_FINISH = "What is at work is let finish; `admin pause --now` takes it back into the queue.";

/** `pause`, `resume` and `status`: the switch of the whole server; undefined: none of these. */
async function switchServer(
  pool: Pool,
  command: string,
  args: readonly string[],
): Promise<Answer | undefined> {
  const [why = "", now] = args;
  if (command === "pause") {
    const { atOnce } = await beginServerPause(pool, { why, atOnce: now === "--now" });
    const said = `AI-CD is paused: no attempt begins, and webhooks are kept. ${atOnce ? AT_ONCE : LET_FINISH}`;
    return { rows: [await readPauseStatus(pool)], said, code: 0 };
  }
  if (command === "resume") {
    const was = await endServerPause(pool);
    const said =
      was === undefined
        ? "AI-CD was not paused."
        : `The pause since ${was.since.toISOString()} is over. What waited starts within a minute.`;
    return { rows: [await readPauseStatus(pool)], said, code: 0 };
  }
  if (command !== "status") return undefined;
  const status = await readPauseStatus(pool);
  return {
    rows: [status],
    said: status.paused === null ? "AI-CD is not paused." : "AI-CD is paused.",
    code: 0,
  };
}

async function answerTo(pool: Pool, command: string, id: string): Promise<Answer> {
  if (command === "tasks stuck") {
    const rows = await listStuckTasks(pool, STUCK_MINUTES);
    return { rows, said: `${rows.length} tasks have not moved for ${STUCK_MINUTES} minutes.`, code: 0 };
  }
  if (command === "jobs list") {
    const rows = await listTroubledJobs(pool);
    return { rows, said: `${rows.length} jobs were given up, or are due for five minutes.`, code: 0 };
  }
  const found = /^\d{1,18}$/.test(id) ? await findJob(pool, id) : undefined;
  if (found === undefined) return { rows: [], said: `There is no job ${id}; it may be done.`, code: 2 };
  if (command === "jobs retry") {
    if (await retryJob(pool, id)) return { rows: [], said: `Job ${id} is owed again.`, code: 0 };
    return { rows: [], said: `A worker runs job ${id} now.`, code: 2 };
  }
  if (command === "jobs bury") {
    const { tries } = JOBS_BY_NAME[found.job] ?? { tries: 0 };
    if (await buryJob(pool, id, { tries, why: BURIED }))
      return {
        rows: [],
        said: `A worker lays job ${id} down, with its last words where it has any.`,
        code: 0,
      };
    return { rows: [], said: `Job ${id} is given up already.`, code: 2 };
  }
  return { rows: [found], said: "", code: 0 };
}

const JOBS_BY_NAME: Readonly<Record<string, { tries: number }>> = JOBS;

try {
  const { env } = readCommandConfig();
  const redactor = createRedactor();
  for (const value of Object.values(env)) if (value instanceof Secret) redactor.register(value.reveal());
  const log = createLogger({ level: "error", redactor, lines: "readable" });
  const shutdown = createShutdown({ logger: log });
  const { pool } = await openStores(env, { log, metrics: createMetrics(), redactor, shutdown });
  const [noun = "", ...rest] = process.argv.slice(2);
  const [verb, id = ""] = rest;
  const { rows, said, code } =
    (await switchServer(pool, noun, rest)) ?? (await answerTo(pool, `${noun} ${verb}`, id));
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  if (said !== "") process.stderr.write(`${said}\n`);
  await shutdown.begin("answered", code);
} catch (error) {
  process.stderr.write(
    `${error instanceof EnvError ? error.message : `Nothing was looked at: ${(error as Error).message}`}\n`,
  );
  process.exitCode = 1;
}
