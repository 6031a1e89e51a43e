import type { Pool, PoolClient } from "pg";

/** A statement as it was sent, and the rows it returned or changed; undefined when it failed. */
export type OnStatement = (text: string, rows: number | undefined) => void;

type Query = (...args: unknown[]) => unknown;

/** Tells of every statement of a pool, also of those of `pool.query` and of transactions. */
export function observe(pool: Pool, onStatement: OnStatement): void {
  pool.on("connect", (client: PoolClient) => {
    const send = client.query.bind(client) as Query;
    const told = (text: string, result: unknown) => onStatement(text, rowsOf(result));
    const query: Query = (...args) => {
      const text = textOf(args[0]);
      const callback = args.at(-1);
      if (typeof callback === "function") {
        return send(...args.slice(0, -1), (error: unknown, result: unknown) => {
          told(text, error === null || error === undefined ? result : undefined);
          callback(error, result);
        });
      }
      const sent = send(...args);
      if (sent instanceof Promise) {
        sent.then(
          (result) => told(text, result),
          () => told(text, undefined),
        );
      }
      return sent;
    };
    client.query = query as PoolClient["query"];
  });
}

function textOf(query: unknown): string {
  if (typeof query === "string") return query;
  const { text } = query as { text?: unknown };
  return typeof text === "string" ? text : "(a cursor)";
}

/** Several statements in one text have several results. */
function rowsOf(result: unknown): number | undefined {
  if (Array.isArray(result)) return result.reduce((sum: number, each) => sum + (rowsOf(each) ?? 0), 0);
  return (
    (result as { rowCount?: number | null } | undefined)?.rowCount ?? (result === undefined ? undefined : 0)
  );
}
