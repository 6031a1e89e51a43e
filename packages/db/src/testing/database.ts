import type pg from "pg";
import { afterAll, inject } from "vitest";
import { createPool, type PoolOptions } from "../pool.ts";
import { startTestServer } from "./server.ts";
import { cloneTemplate, databaseUrl, dropDatabase, ensureTemplate } from "./template.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: { server: string; template: string };
  }
}

export { type Planted, plantTenant } from "./plant.ts";

export interface TestDatabase {
  readonly connectionString: string;
  /** A pool on this database as its superuser, closed when the database is dropped. */
  readonly pool: pg.Pool;
  /** Another pool, for tests that need a role or a second process's view. Closed with the database. */
  createPool(options?: Partial<PoolOptions>): pg.Pool;
  /** Also called after the last test of the file. Idempotent. */
  drop(): Promise<void>;
}

/**
 * A migrated, empty database of this test file's own. Call it at the top level of the file:
 * `const database = await createTestDatabase();`
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { server, template } = inject("postgres") ?? (await prepare());
  const name = await cloneTemplate(server, template);
  const connectionString = databaseUrl(server, name);
  const pools: pg.Pool[] = [];
  function open(options: Partial<PoolOptions> = {}): pg.Pool {
    const onError = () => {}; // dropping the database cuts idle connections, which is no failure
    const pool = createPool({ connectionString, applicationName: "test", onError, ...options });
    pools.push(pool);
    return pool;
  }
  let dropped: Promise<void> | undefined;
  async function dropAll(): Promise<void> {
    await Promise.all(pools.filter((pool) => !pool.ended).map((pool) => pool.end()));
    await dropDatabase(server, name);
  }
  const database: TestDatabase = {
    connectionString,
    pool: open(),
    createPool: open,
    drop() {
      dropped ??= dropAll();
      return dropped;
    },
  };
  afterAll(database.drop);
  return database;
}

/** Without the global setup (a single file run by another config) the worker looks after itself. */
async function prepare(): Promise<{ server: string; template: string }> {
  const { connectionString: server } = await startTestServer();
  return { server, template: await ensureTemplate(server) };
}
