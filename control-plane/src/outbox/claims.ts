import type { Pool } from "pg";

/** A worker's hold on a row. Renewed while the job runs, so a killed worker's jobs are free again soon. */
const CLAIM_MS = 20_000;
/** Two renewals may fail before the hold is lost. */
export const RENEW_MS = 6_000;
/** A turn that was missed by more than this is over: many late ones at once would be a burst. */
const TURN_MS = 5_000;
const ERROR_CHARACTERS = 2_000;

/** `tries` is also the fence: a claim by somebody else raises it, and what we then write misses. */
export interface Claim {
  readonly id: string;
  readonly tries: number;
}

export interface ClaimedJob extends Claim {
  readonly job: string;
  readonly payload: unknown;
  readonly tenantId: string;
  /** Of the run before. */
  readonly error: string | undefined;
  /** Runs whose process ended before they did: each lost its claim without a word. */
  readonly deaths: number;
  /** The run before was the last of these. */
  readonly died: boolean;
  /** From due to now. */
  readonly waitedSeconds: number;
  /** It was postponed to its turn to write, and this is it. */
  readonly hasTurn: boolean;
}

const CLAIM = `
  update outbox set claimed_until = now() + interval '${CLAIM_MS} ms', tries = tries + 1, has_turn = false,
    -- Whoever is done, fails or gives back takes the claim away.
    deaths = deaths + case when free.claimed_until is null then 0 else 1 end
  from unnest($1::bigint[]) as wanted(id) cross join lateral (
    select id, has_turn, due_at, claimed_until from outbox
    where id = wanted.id and dead_at is null and due_at <= now()
      and (claimed_until is null or claimed_until < now())
    for update skip locked
  ) free
  where outbox.id = free.id
  returning outbox.id, job, payload, tenant_id, tries, error, deaths, free.claimed_until is not null as died,
    extract(epoch from now() - outbox.due_at)::float8 as waited_seconds,
    free.has_turn and free.due_at > now() - interval '${TURN_MS} ms' as has_turn`;

const HELD = "(select * from unnest($1::bigint[], $2::int[]) as held(id, tries))";
const MATCH = "outbox.id = held.id and outbox.tries = held.tries";

const RENEW = `
  update outbox set claimed_until = now() + interval '${CLAIM_MS} ms'
  from ${HELD} held where ${MATCH} returning outbox.id`;

const DELETE = `delete from outbox using ${HELD} held where ${MATCH}`;

const FAIL = `
  update outbox set sent_at = null, claimed_until = null,
    due_at = now() + $3 * interval '1 ms', error = left($4, ${ERROR_CHARACTERS})
  where id = $1 and tries = $2`;

const BURY = `
  update outbox set dead_at = now(), claimed_until = null, error = left($3, ${ERROR_CHARACTERS})
  where id = $1 and tries = $2`;

const RELEASE = `
  update outbox set sent_at = null, claimed_until = null, tries = outbox.tries - 1, has_turn = $4,
    due_at = now() + $3 * interval '1 ms'
  from ${HELD} held where ${MATCH}`;

/** The statements a worker makes about rows it holds. All times are the database's. */
export interface Claims {
  /** Takes those of `ids` that are due and held by nobody. Of two workers one gets a row. */
  take(ids: readonly string[]): Promise<ClaimedJob[]>;
  /** @returns ids still held */
  renew(held: readonly Claim[]): Promise<Set<string>>;
  /** The jobs are done: nothing is owed any more. */
  finish(held: readonly Claim[]): Promise<void>;
  fail(claim: Claim, outcome: { error: string; delayMs: number }): Promise<void>;
  /** Given up for good; the row stays for a person to look at. */
  bury(claim: Claim, error: string): Promise<void>;
  /** Gives rows back unharmed: the run does not count. `hasTurn`: they come back at their turn to write. */
  release(held: readonly Claim[], delayMs: number, hasTurn?: boolean): Promise<void>;
}

export function createClaims(pool: Pool): Claims {
  return {
    async take(ids) {
      const { rows } = await pool.query<{
        id: string;
        job: string;
        payload: unknown;
        tenant_id: string;
        tries: number;
        error: string | null;
        deaths: number;
        died: boolean;
        waited_seconds: number;
        has_turn: boolean;
      }>(CLAIM, [ids]);
      return rows.map((row) => ({
        id: row.id,
        job: row.job,
        payload: row.payload,
        tenantId: row.tenant_id,
        tries: row.tries,
        error: row.error ?? undefined,
        deaths: row.deaths,
        died: row.died,
        waitedSeconds: row.waited_seconds,
        hasTurn: row.has_turn,
      }));
    },
    async renew(held) {
      const { rows } = await pool.query<{ id: string }>({
        name: "outbox-renew",
        text: RENEW,
        values: columns(held),
      });
      return new Set(rows.map(({ id }) => id));
    },
    async finish(held) {
      await pool.query(DELETE, columns(held));
    },
    async fail({ id, tries }, { error, delayMs }) {
      await pool.query(FAIL, [id, tries, delayMs, error]);
    },
    async bury({ id, tries }, error) {
      await pool.query(BURY, [id, tries, error]);
    },
    async release(held, delayMs, hasTurn = false) {
      await pool.query(RELEASE, [...columns(held), delayMs, hasTurn]);
    },
  };
}

function columns(held: readonly Claim[]): [string[], number[]] {
  return [held.map(({ id }) => id), held.map(({ tries }) => tries)];
}
