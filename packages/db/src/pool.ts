import pg from "pg";
import { type OnStatement, observe } from "./observe.ts";

export interface PoolOptions {
  readonly connectionString: string;
  /** Shown in pg_stat_activity; name the role of the process. */
  readonly applicationName: string;
  /** Called for failures of idle connections (a restarted server). Without it one would end the process. */
  readonly onError: (error: Error) => void;
  /** Connections, default 10. */
  readonly max?: number;
  /** A statement is cancelled after this, default 30 s. */
  readonly statementTimeoutMs?: number;
  /** A server that says nothing for this long is given up with its connection. By default it is waited for. */
  readonly silenceTimeoutMs?: number;
  /** Waiting longer for a free or new connection is an error, default 10 s. */
  readonly connectTimeoutMs?: number;
  /** Database role the sessions act as, for row-level security; the login role when absent. */
  readonly role?: string;
  /** Told of every statement. Its text must hold no values. */
  readonly onStatement?: OnStatement;
}

/** A pool whose sessions cannot hang: statements, idle transactions and dead peers all have a limit. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    ...(options.silenceTimeoutMs === undefined ? {} : { query_timeout: options.silenceTimeoutMs }),
    // Somebody holding row locks without working blocks everybody else.
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.role === undefined ? {} : { options: `-c role=${roleName(options.role)}` }),
  });
  pool.on("error", options.onError);
  if (options.onStatement !== undefined) observe(pool, options.onStatement);
  return pool;
}

function roleName(role: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(role)) throw new Error(`"${role}" is not a plain role name`);
  return role;
}
