import { join } from "node:path";
import {
  createDatabase,
  createPool,
  createSystemAudit,
  type Database,
  type Login,
  type LoginKey,
  type PoolOptions,
  retireLogins,
  startEmbeddedPostgres,
} from "@aicd/db";
import type { Shutdown } from "@aicd/ops";
import type { Pool } from "pg";
import type { Env } from "../env.ts";
import { every } from "../every.ts";
import { loadMasterKeys, type MasterKeys } from "../secrets/master-keys.ts";
import { readyDatabase, remakeQueue } from "./logins.ts";
import type { Tools } from "./tools.ts";
import { databaseOf, whileStarting } from "./trouble.ts";

const SHARED_LOGIN =
  "all database pools share the login of DATABASE_URL: a statement smuggled into one could take its rights, and other tenants' rows with them. Let that login create roles (CREATEROLE), or run `npm run db:migrate` once with one that may and the same ENCRYPTION_KEY";
const ACCOUNT_MS = 60_000;
const CONNECTIONS = 20;

export type Stores = {
  queueLogin: Login;
  pool: Pool;
  pools: { app: Pool; system: Pool };
  db: Database;
  keys: MasterKeys;
  /** Makes the queue's schema anew where it was dropped or emptied: it holds nothing that the outbox does not. */
  remakeQueue(): Promise<void>;
  /** Ends the logins of master keys that are gone. Not before it is known that the others are all there are. */
  retireLogins(): Promise<void>;
};

/** Postgres, brought up to date, behind one pool for each role it is asked under. */
export async function openStores(env: Env, { log, redactor, shutdown }: Tools): Promise<Stores> {
  const [owner, keys] = await Promise.all([
    openDatabase(env, shutdown),
    loadMasterKeys(env.AICD_DIRECTORY, env.ENCRYPTION_KEY),
  ]);
  redactor.register(owner);
  const { logins } = await readyOwner(env, owner, keys.current);
  for (const { connectionString } of Object.values(logins.logins)) redactor.register(connectionString);
  if (logins.kind === "shared") log.warn({ reason: logins.why }, SHARED_LOGIN);
  const open = (name: "app" | "system", more: Pick<PoolOptions, "onStatement"> = {}) => {
    const { connectionString, role } = logins.logins[name];
    const opened = createPool({
      ...more,
      connectionString,
      applicationName: `aicd-${env.AICD_ROLE}-${name}`,
      max: CONNECTIONS,
      ...(role === undefined ? {} : { role }),
      onError: (err) => log.warn({ err }, "idle database connection failed"),
    });
    shutdown.add(`${name} pool`, () => opened.end());
    return opened;
  };
  const systemAudit = createSystemAudit(`aicd-${env.AICD_ROLE}`);
  const pool = open("system", { onStatement: systemAudit.note });
  const app = open("app");
  const account = every(ACCOUNT_MS, "system-audit", log, () => systemAudit.write(pool));
  shutdown.add("system audit", async () => {
    await account.close();
    await systemAudit.write(pool);
  });
  return {
    queueLogin: logins.logins.queue,
    pool,
    pools: { app, system: pool },
    db: createDatabase({ app, system: pool }),
    keys,
    remakeQueue: () => remakeQueue(owner, keys.current),
    retireLogins: async () => {
      if (logins.kind === "own") await retireLogins(owner, keys.all);
    },
  };
}

/** @throws AicdError in one line when the database cannot be had */
export function readyOwner(env: Env, owner: string, key: LoginKey) {
  const withQueue = env.REDIS_URL === undefined;
  return whileStarting(databaseOf(owner), () => readyDatabase(owner, key, { withQueue }));
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
