import { setTimeout as sleep } from "node:timers/promises";
import { currentCaller, type WriteKind, type WriteLane } from "@aicd/github";
import type { Pool } from "pg";
import { Postponed } from "./postponed.ts";

/** A turn that is nearer is waited for; for one further off the job goes back to the outbox. */
const PATIENCE_MS = 1_200;
/** Whoever lets others go first looks again this long after the line of now will have gone. */
const YIELD_MS = 3_000;
/** GitHub takes 500 of an hour; the rest is for people's own doings through the App. */
const CONTENT_PER_HOUR = 480;
/** Behind this many of an hour what can wait does: the rest is for plans, commits and pull requests. */
const PATIENT_PER_HOUR = CONTENT_PER_HOUR / 2;

/** When this writer may write: after the one before, after a pause GitHub asked for, within the hour's count. */
const START = `greatest(now(), next_at, coalesce(paused_until, '-infinity'),
  case when $3 and window_count >= ${CONTENT_PER_HOUR} then window_at + interval '1 hour' else '-infinity' end)`;
const FRESH = `${START} >= window_at + interval '1 hour'`;

// The row is locked by its own update, so two takers get two turns, in whatever process they are.
const TAKE = `
  update write_turns set
    next_at = ${START} + $2 * interval '1 ms',
    window_at = case when $3 and ${FRESH} then ${START} else window_at end,
    window_count = case when not $3 then window_count when ${FRESH} then 1 else window_count + 1 end
  where installation_id = $1
  returning extract(epoch from next_at - $2 * interval '1 ms' - now())::float8 * 1000 as wait_ms`;

const BEGIN = "insert into write_turns (installation_id) values ($1) on conflict do nothing";

const LINE = `select extract(epoch from next_at - now())::float8 * 1000 as wait_ms,
    case when $2 and window_count >= ${PATIENT_PER_HOUR}
      then extract(epoch from window_at + interval '1 hour' - now())::float8 * 1000 else 0 end as hour_ms
  from write_turns where installation_id = $1`;

const LOOK = `select extract(epoch from paused_until - now())::float8 * 1000 as pause_ms
  from write_turns where installation_id = $1 and paused_until > now()`;

const PAUSE = `insert into write_turns (installation_id, paused_until) values ($1, now() + $2 * interval '1 ms')
  on conflict (installation_id) do update
  set paused_until = greatest(write_turns.paused_until, excluded.paused_until)`;

/**
 * One order of writes for each installation and all processes, in Postgres: first come, first served, one in
 * `intervalMs`. Nobody waits in memory for longer than a moment, so no abandoned job has a write queued that
 * would still go out beside the one of its next run.
 */
export function createWriteLane(deps: { pool: Pool; intervalMs: number; now: () => number }): WriteLane {
  const { pool, intervalMs, now } = deps;
  /** What this process knows of pauses; calls that read are spared the question. */
  const paused = new Map<number, number>();

  async function take(installationId: number, content: boolean): Promise<number> {
    const values = [installationId, intervalMs, content];
    const { rows } = await pool.query<{ wait_ms: number }>({ name: "write-turn", text: TAKE, values });
    if (rows[0] !== undefined) return rows[0].wait_ms;
    await pool.query(BEGIN, [installationId]);
    return take(installationId, content);
  }

  /** Returns when nobody waits and much of the hour's content is left. */
  async function letOthersFirst(installationId: number, kind: WriteKind): Promise<void> {
    const { rows } = await pool.query<{ wait_ms: number; hour_ms: number }>(LINE, [
      installationId,
      kind === "content",
    ]);
    const { wait_ms: lineMs, hour_ms: hourMs } = rows[0] ?? { wait_ms: 0, hour_ms: 0 };
    if (hourMs > 0) {
      throw new Postponed("The rest of this hour's writes is for others.", {
        delayMs: hourMs,
        hasTurn: false,
      });
    }
    if (lineMs > PATIENCE_MS) {
      throw new Postponed("Others go first.", { delayMs: lineMs + YIELD_MS, hasTurn: false });
    }
  }

  return {
    async turn(installationId, kind) {
      const caller = currentCaller();
      if (caller?.hasTurn) {
        caller.hasTurn = false;
        const { rows } = await pool.query<{ pause_ms: number }>(LOOK, [installationId]);
        if (rows[0] === undefined) return;
        throw new Postponed("GitHub asked for a pause.", { delayMs: rows[0].pause_ms, hasTurn: false });
      }
      if (caller?.yields) await letOthersFirst(installationId, kind);
      const waitMs = await take(installationId, kind === "content");
      if (waitMs > PATIENCE_MS && caller !== undefined) {
        throw new Postponed("Others of this installation write first.", { delayMs: waitMs, hasTurn: true });
      }
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: caller?.signal });
    },
    insistOnOpen(installationId) {
      const delayMs = (paused.get(installationId) ?? 0) - now();
      if (delayMs > 0) throw new Postponed("GitHub asked for a pause.", { delayMs, hasTurn: false });
      paused.delete(installationId);
    },
    async pause(installationId, pauseMs) {
      paused.set(installationId, Math.max(paused.get(installationId) ?? 0, now() + pauseMs));
      await pool.query(PAUSE, [installationId, pauseMs]);
      return new Postponed(`GitHub asks for a pause of ${Math.ceil(pauseMs / 1_000)} s.`, {
        delayMs: pauseMs,
        hasTurn: false,
      });
    },
  };
}
