import { sql } from "drizzle-orm";
import type { Pool } from "pg";
import type { SystemDb, TenantTx } from "../database.ts";

/** A pause of the whole server: no attempt begins. `atOnce`: what was at work is taken off it, and no model is called. */
export type ServerPause = { since: Date; why: string; atOnce: boolean };

const PRESENT = `SELECT since, why, at_once AS "atOnce" FROM server_pauses WHERE ended_at IS NULL`;

/** The pause that there is now. */
export async function findServerPause(tx: TenantTx | SystemDb): Promise<ServerPause | undefined> {
  const { rows } = await tx.db.execute<{ since: string; why: string; atOnce: boolean }>(sql.raw(PRESENT));
  const [row] = rows;
  return row === undefined ? undefined : { ...row, since: new Date(row.since) };
}

/**
 * Begins a pause. One that there is already stays, with its words, and becomes one `atOnce` where that is asked for.
 * System work, as is all below.
 * @returns the pause that there is now
 */
export async function beginServerPause(
  pool: Pool,
  wanted: { why: string; atOnce: boolean },
): Promise<ServerPause> {
  const { rows } = await pool.query<ServerPause>(
    `INSERT INTO server_pauses AS p (why, at_once) VALUES ($1, $2)
     ON CONFLICT ((ended_at IS NULL)) WHERE ended_at IS NULL DO UPDATE SET at_once = p.at_once OR excluded.at_once
     RETURNING since, why, at_once AS "atOnce"`,
    [wanted.why, wanted.atOnce],
  );
  const [pause] = rows;
  if (pause === undefined) throw new Error("a pause was neither begun nor found");
  return pause;
}

/** @returns the pause that is over now; undefined: there was none */
export async function endServerPause(pool: Pool): Promise<ServerPause | undefined> {
  const { rows } = await pool.query<ServerPause>(
    `UPDATE server_pauses SET ended_at = now() WHERE ended_at IS NULL RETURNING since, why, at_once AS "atOnce"`,
  );
  return rows[0];
}

/** Whether the server is paused, and what that holds up or lets finish. */
export type PauseStatus = { paused: ServerPause | null; queued: number; attempts: number; callsHeld: number };

export async function readPauseStatus(pool: Pool): Promise<PauseStatus> {
  const { rows } = await pool.query<Omit<PauseStatus, "paused">>(
    `SELECT (SELECT count(*)::int FROM tasks WHERE state = 'QUEUED') AS queued,
       (SELECT count(*)::int FROM attempts WHERE ended_at IS NULL) AS attempts,
       (SELECT count(*)::int FROM reservations) AS "callsHeld"`,
  );
  const [counted] = rows;
  if (counted === undefined) throw new Error("nothing was counted");
  const { rows: pauses } = await pool.query<ServerPause>(PRESENT);
  return { paused: pauses[0] ?? null, ...counted };
}
