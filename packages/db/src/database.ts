import { AsyncLocalStorage } from "node:async_hooks";
import { AicdError, type ApiKeyId, parseId, type TenantId, type UserId } from "@aicd/core";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Pool, PoolClient } from "pg";

/** Whose data a piece of work may touch. */
export type Scope = { tenantId: TenantId };

/**
 * Whom a transaction reads for: a person, or a key that is limited to some repositories, and then perhaps to what
 * its maker may read of them.
 */
export type Viewer = { id: UserId } | { id: ApiKeyId; maker?: UserId | undefined };

type Connection = {
  db: NodePgDatabase;
  /** For statements that drizzle cannot say; runs in the same transaction. */
  query: PoolClient["query"];
  /** Runs once after a successful commit, never after a rollback. */
  afterCommit(effect: () => void): void;
};

/** A transaction that belongs to one tenant. Only `withTenant` makes one. */
export type TenantTx = Connection & {
  readonly scope: Scope;
  /**
   * Work that sees the whole tenant even where the transaction is confined to a viewer: for sums, of which
   * nobody can tell what is in them.
   */
  whole<T>(work: () => Promise<T>): Promise<T>;
};
/** A transaction of the system itself: deliveries, look-ups by token, the sweep. */
export type SystemTx = Connection & { readonly scope: undefined };

/** The system's own reading and single statements, outside any transaction. */
export type SystemDb = { db: NodePgDatabase };

export type Database = {
  system: SystemDb;
  withTenant<T>(scope: Scope, work: (tx: TenantTx) => Promise<T>): Promise<T>;
  /**
   * The same database for work on somebody's behalf: each of its tenant transactions sees of the repositories,
   * and of what hangs on them, only what the viewer may. What is handed this one cannot forget to look.
   */
  confinedTo(viewer: Viewer): Database;
  withSystem<T>(work: (tx: SystemTx) => Promise<T>): Promise<T>;
  /** Retention and the deletion of an uninstalled tenant; reads and deletes, writes nothing. */
  withEraser<T>(work: (tx: SystemTx) => Promise<T>): Promise<T>;
};

const current = new AsyncLocalStorage<Scope>();

/** The tenant the running work belongs to, for log fields; undefined outside any. */
export function currentScope(): Scope | undefined {
  return current.getStore();
}

/** The role of a tenant's sessions: sees the rows of the tenant that the transaction names, owns nothing. */
export const APP_ROLE = "aicd_app";
/** Taken for a transaction on a viewer's behalf: the app's rights, less what row-level security hides from them. */
export const VIEWER_ROLE = "aicd_viewer";
/** The role of the system's own sessions, which look across tenants. Deletes only what passes through. */
export const SYSTEM_ROLE = "aicd_system";

/** Taken for a transaction that deletes what people made. */
export const ERASER_ROLE = "aicd_eraser";

/**
 * @param pools.app sessions that act as `APP_ROLE`: row-level security confines them
 * @param pools.system sessions that act as `SYSTEM_ROLE`
 */
export function createDatabase(pools: { app: Pool; system: Pool }): Database {
  async function withTenant<T>(
    scope: Scope,
    viewer: Viewer | undefined,
    work: (tx: TenantTx) => Promise<T>,
  ): Promise<T> {
    if (parseId("tenant", scope.tenantId) === undefined) {
      throw new AicdError("broken", "A tenant transaction was asked for without a tenant.", {
        retryable: false,
      });
    }
    // One round trip: the ids are checked, so they can stand in the text.
    const begin = `BEGIN; SELECT set_config('app.tenant', '${scope.tenantId}', true)`;
    const maker = viewer !== undefined && "maker" in viewer ? (viewer.maker ?? "") : "";
    const seeing = `set_config('app.viewer', '${viewer?.id}', true), set_config('app.maker', '${maker}', true)`;
    const confined = `${begin}, ${seeing}; SET LOCAL ROLE ${VIEWER_ROLE}`;
    return current.run(scope, () =>
      transaction(pools.app, viewer === undefined ? begin : confined, (connection) =>
        work({
          ...connection,
          scope,
          whole: (sums) => (viewer === undefined ? sums() : unconfined(connection, sums)),
        }),
      ),
    );
  }

  const whole: Database = {
    system: { db: drizzle({ client: pools.system }) },
    withTenant: (scope, work) => withTenant(scope, undefined, work),
    confinedTo(viewer) {
      const maker = "maker" in viewer ? viewer.maker : undefined;
      const named = parseId("user", viewer.id) ?? parseId("apiKey", viewer.id);
      if (named === undefined || (maker !== undefined && parseId("user", maker) === undefined)) {
        throw new AicdError("broken", "Somebody without an id was to look.", { retryable: false });
      }
      return { ...whole, withTenant: (scope, work) => withTenant(scope, viewer, work) };
    },
    async withSystem(work) {
      return transaction(pools.system, "BEGIN", (connection) => work({ ...connection, scope: undefined }));
    },
    async withEraser(work) {
      // Only this transaction may delete what people made; the role goes with it.
      const begin = `BEGIN; SET LOCAL ROLE ${ERASER_ROLE}`;
      return transaction(pools.system, begin, (connection) => work({ ...connection, scope: undefined }));
    },
  };
  return whole;
}

/** Postgres ended one of several transactions that could not all go on; nothing of it is there. */
const OUTRUN = new Set(["40P01", "40001"]);

/** The code of the error of Postgres, however it was wrapped. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}

/**
 * A transaction that lost to another one is done once more, so `work` touches nothing but the database.
 * @param begin what opens it: roles and settings included, in one round trip
 */
async function transaction<T>(
  pool: Pool,
  begin: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    return await transactOnce(pool, begin, work);
  } catch (error) {
    if (!OUTRUN.has(codeOf(error) ?? "")) throw error;
    return transactOnce(pool, begin, work);
  }
}

async function transactOnce<T>(
  pool: Pool,
  begin: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const effects: (() => void)[] = [];
  let broken: Error | undefined;
  // The pool stops listening while a connection is out; unheard, a cut one would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on("error", onError);
  try {
    await client.query(begin);
    const result = await work({
      db: drizzle({ client }),
      query: client.query.bind(client),
      afterCommit: (effect) => effects.push(effect),
    });
    await client.query("COMMIT");
    for (const effect of effects) effect();
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away with its transaction.
    await client.query("ROLLBACK").catch((reason: Error) => {
      broken = reason;
    });
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** When the work fails, its transaction fails, and the role goes with it. */
async function unconfined<T>({ query }: Connection, work: () => Promise<T>): Promise<T> {
  await query(`SET LOCAL ROLE ${APP_ROLE}`);
  const result = await work();
  await query(`SET LOCAL ROLE ${VIEWER_ROLE}`);
  return result;
}
