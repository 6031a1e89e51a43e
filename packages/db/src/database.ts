import { AsyncLocalStorage } from "node:async_hooks";
import { AicdError, parseId, type TenantId } from "@aicd/core";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Pool, PoolClient } from "pg";

/** Whose data a piece of work may touch. */
export type Scope = { tenantId: TenantId };

type Connection = {
  db: NodePgDatabase;
  /** For statements that drizzle cannot say; runs in the same transaction. */
  query: PoolClient["query"];
  /** Runs once after a successful commit, never after a rollback. */
  afterCommit(effect: () => void): void;
};

/** A transaction that belongs to one tenant. Only `withTenant` makes one. */
export type TenantTx = Connection & { readonly scope: Scope };
/** A transaction of the system itself: deliveries, look-ups by token, the sweep. */
export type SystemTx = Connection & { readonly scope: undefined };

/** The system's own reading and single statements, outside any transaction. */
export type SystemDb = { db: NodePgDatabase };

export type Database = {
  system: SystemDb;
  withTenant<T>(scope: Scope, work: (tx: TenantTx) => Promise<T>): Promise<T>;
  withSystem<T>(work: (tx: SystemTx) => Promise<T>): Promise<T>;
};

const current = new AsyncLocalStorage<Scope>();

/** The tenant the running work belongs to, for log fields; undefined outside any. */
export function currentScope(): Scope | undefined {
  return current.getStore();
}

export function createDatabase(pool: Pool): Database {
  async function transaction<T>(begin: string, work: (connection: Connection) => Promise<T>): Promise<T> {
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

  return {
    system: { db: drizzle({ client: pool }) },
    async withTenant(scope, work) {
      if (parseId("tenant", scope.tenantId) === undefined) {
        throw new AicdError("broken", "A tenant transaction was asked for without a tenant.", {
          retryable: false,
        });
      }
      // One round trip: the id is checked above, so it can stand in the text.
      const begin = `BEGIN; SELECT set_config('app.tenant', '${scope.tenantId}', true)`;
      return current.run(scope, () => transaction(begin, (connection) => work({ ...connection, scope })));
    },
    async withSystem(work) {
      return transaction("BEGIN", (connection) => work({ ...connection, scope: undefined }));
    },
  };
}
