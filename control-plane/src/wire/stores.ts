import { join } from "node:path";
import {
  APP_ROLE,
  createDatabase,
  createPool,
  createSystemAudit,
  type Database,
  migrateDatabase,
  type PoolOptions,
  SYSTEM_ROLE,
  startEmbeddedPostgres,
} from "@aicd/db";
import type { Shutdown } from "@aicd/ops";
import type { Pool } from "pg";
import type { Env } from "../env.ts";
import { every } from "../every.ts";
import type { Tools } from "./tools.ts";
import { partOf, whileStarting } from "./trouble.ts";

const ACCOUNT_MS = 60_000;
const CONNECTIONS = 20;

export type Stores = { connectionString: string; pool: Pool; db: Database };

/** Postgres, brought up to date, behind one pool for each role it is asked under. */
export async function openStores(env: Env, { log, redactor, shutdown }: Tools): Promise<Stores> {
  const connectionString = await openDatabase(env, shutdown);
  redactor.register(connectionString);
  const part = partOf("The database", "DATABASE_URL", connectionString);
  await whileStarting(part, () => migrateDatabase(connectionString));
  const open = (name: string, role: string, more: Pick<PoolOptions, "onStatement"> = {}) => {
    const opened = createPool({
      ...more,
      connectionString,
      applicationName: `aicd-${env.AICD_ROLE}-${name}`,
      max: CONNECTIONS,
      role,
      onError: (err) => log.warn({ err }, "idle database connection failed"),
    });
    shutdown.add(`${name} pool`, () => opened.end());
    return opened;
  };
  const systemAudit = createSystemAudit(`aicd-${env.AICD_ROLE}`);
  const pool = open("system", SYSTEM_ROLE, { onStatement: systemAudit.note });
  const account = every(ACCOUNT_MS, "system-audit", log, () => systemAudit.write(pool));
  shutdown.add("system audit", async () => {
    await account.close();
    await systemAudit.write(pool);
  });
  return { connectionString, pool, db: createDatabase({ app: open("app", APP_ROLE), system: pool }) };
}

async function openDatabase(env: Env, shutdown: Shutdown): Promise<string> {
  if (env.DATABASE_URL !== undefined) return env.DATABASE_URL.reveal();
  const starting = startEmbeddedPostgres({ directory: join(env.AICD_DIRECTORY, "postgres") });
  // From the first moment: a signal during the start must not leave a server that nobody stops.
  shutdown.add("postgres", async () => {
    const started = await starting.catch(() => undefined);
    await started?.stop();
  });
  return (await starting).connectionString;
}
