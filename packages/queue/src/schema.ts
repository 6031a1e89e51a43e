import pg from "pg";
import { createPostgresEngine } from "./postgres.ts";

/** Postgres: something is not there that should be, or is there already. */
const NOT_AS_MADE = new Set([
  "3F000",
  "42P01",
  "42703",
  "42704",
  "42883",
  "42710",
  "42723",
  "42P06",
  "42P07",
]);
/** Processes that notice it at the same time make it once. */
const LOCK = 7_221_004;
const SCHEMA = "bullmq";

/** The schema lost a part, whoever took it away; no new try can mend that. */
export function isNotAsMade(error: unknown): boolean {
  return error instanceof Error && "code" in error && NOT_AS_MADE.has(String(error.code));
}

/**
 * Makes the queue's schema, or brings it up to date. One that was dropped, emptied or taken apart is made anew: what
 * was in it are nudges, and whoever owes the jobs sends them again. Idempotent; waits for others who are at it.
 * @param connectionString of whoever may make and drop it
 * @throws Error when Postgres is away, or does not let this login
 */
export async function makeQueueSchema(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {}); // the statement that fails reports it
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    try {
      await tryIt(connectionString);
    } catch (error) {
      if (!isNotAsMade(error)) throw error;
      await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
      await tryIt(connectionString);
    }
  } finally {
    await client.end();
  }
}

/** Migrates, then puts something in and takes it out. */
async function tryIt(connectionString: string): Promise<void> {
  const { queue } = createPostgresEngine("aicd-probe", { connectionString });
  queue.on("error", () => {}); // the call that fails reports it
  try {
    await queue.waitUntilReady();
    await queue.add("nudge", { ids: [] });
    await queue.obliterate({ force: true });
  } finally {
    await queue.close();
  }
}
