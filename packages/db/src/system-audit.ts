import { createHash } from "node:crypto";
import type { Pool } from "pg";
import type { OnStatement } from "./observe.ts";

const STATEMENT_CHARACTERS = 4_000;
/** All statements of ours are constant; more of them would mean that values stand in their texts. */
const MOST_STATEMENTS = 2_000;
const OTHERS = "(other statements)";

export type SystemAudit = {
  note: OnStatement;
  /** Adds what was counted since the last time to the table; kept for the next time when that fails. */
  write(pool: Pool): Promise<void>;
};

/**
 * The account of the roles that look across tenants. It is kept where the statements pass, so no code can
 * use such a role without being in it. A process that is killed takes along what it had not written yet.
 * @param actor kind of the process, as in its connections' application name
 */
export function createSystemAudit(actor: string): SystemAudit {
  let counted = new Map<string, { calls: number; rows: number }>();

  function add(text: string, calls: number, rows: number): void {
    const key = counted.has(text) || counted.size < MOST_STATEMENTS ? text : OTHERS;
    const known = counted.get(key) ?? { calls: 0, rows: 0 };
    counted.set(key, { calls: known.calls + calls, rows: known.rows + rows });
  }

  return {
    note: (text, rows) => add(text.slice(0, STATEMENT_CHARACTERS), 1, rows ?? 0),
    async write(pool) {
      const taken = counted;
      counted = new Map();
      const batch = [...taken].map(([statement, { calls, rows }]) => ({
        statement,
        hash: createHash("sha256").update(statement).digest("hex"),
        calls,
        rows,
      }));
      if (batch.length === 0) return;
      try {
        await pool.query(
          `INSERT INTO system_audit (hour, actor, statement_hash, statement, calls, rows)
           SELECT date_trunc('hour', now(), 'UTC'), $1, decode(s.hash, 'hex'), s.statement, s.calls, s.rows
           FROM jsonb_to_recordset($2::jsonb) AS s(statement text, hash text, calls bigint, rows bigint)
           ORDER BY s.hash
           ON CONFLICT (hour, actor, statement_hash) DO UPDATE SET calls = system_audit.calls + excluded.calls,
             rows = system_audit.rows + excluded.rows, until = now()`,
          [actor, JSON.stringify(batch)],
        );
      } catch (error) {
        for (const [text, { calls, rows }] of taken) add(text, calls, rows);
        throw error;
      }
    },
  };
}
