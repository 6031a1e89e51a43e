import { setTimeout as sleep } from "node:timers/promises";
import type { Logger, Metrics } from "@aicd/ops";
import type { NudgeQueue } from "@aicd/queue";
import type { Pool } from "pg";

/** Catches what no poke announced: rows of killed processes, delayed rows, rows written by hand. */
const TICK_MS = 1_000;
/** Rows with the queue at once: the rest waits here, in order, where tenants take turns. */
const WINDOW = 1_000;
/** One tenant's part of a pass; a pass that was full is followed by another. */
const PER_TENANT = 128;
/** Sent for longer, but with no worker: the queue lost it. Two of these fit in the promised minute. */
const LOST_AFTER_MS = 25_000;
const FULL_WINDOW_MS = 20;
/** Pause between two hand-overs: the first job of a quiet time goes at once, a busy time rides in batches. */
const GATHER_MS = 15;

// Not a named statement: a plan made while the table was small would stay when it no longer is.
// A loose index scan finds the tenants with something due, so the cost grows with them and not with rows.
const TAKE = `
  with recursive tenants as (
    select min(tenant_id) as id from outbox where sent_at is null and dead_at is null
    union all
    select (select min(tenant_id) from outbox
            where sent_at is null and dead_at is null and tenant_id > tenants.id)
    from tenants where id is not null
  ),
  turns as (
    select due.id, due.due_at, row_number() over (partition by tenants.id order by due.due_at, due.id) as turn
    from tenants cross join lateral (
      select id, due_at from outbox
      where sent_at is null and dead_at is null and tenant_id = tenants.id and due_at <= now()
      order by due_at, id limit ${PER_TENANT}
    ) due
  ),
  room as (
    select ${WINDOW} - count(*) as places from (
      select from outbox where sent_at is not null and dead_at is null limit ${WINDOW}
    ) sent
  ),
  chosen as (
    select id from turns order by turn, due_at, id limit (select places from room)
  ),
  locked as (
    -- Lateral, so that rows are looked up one by one: a join may read the whole backlog.
    select held.id from chosen cross join lateral (
      select id from outbox where id = chosen.id and sent_at is null and dead_at is null
      for update skip locked
    ) held
  ),
  taken as (
    update outbox set sent_at = now() from locked where outbox.id = locked.id returning outbox.id
  )
  select (select places from room)::int as places, array(select id::text from taken) as ids,
    (
      select extract(epoch from min(later.due_at) - clock_timestamp())::float8 * 1000
      from tenants cross join lateral (
        select due_at from outbox
        where sent_at is null and dead_at is null and tenant_id = tenants.id and due_at > now()
        order by due_at limit 1
      ) later
    ) as next_ms`;

const TAKE_LOST = `
  update outbox set sent_at = now() where id in (
    select id from outbox
    where sent_at < now() - interval '${LOST_AFTER_MS} ms' and dead_at is null
      and (claimed_until is null or claimed_until < now())
    order by sent_at limit ${WINDOW} for update skip locked
  ) returning id`;

const GIVE_BACK = "update outbox set sent_at = null where id = any($1::bigint[]) and claimed_until is null";

interface Taken {
  readonly ids: string[];
  /** Free places in the window before these were taken. */
  readonly places: number;
  /** Until the next row is due. */
  readonly next_ms: number | null;
}

const NOTHING: Taken = { ids: [], places: WINDOW, next_ms: null };

export interface Relay {
  /** Something was committed: look now. Costs nothing when a look is under way. */
  poke(): void;
  /** Ends after the pass that runs. */
  close(): Promise<void>;
}

type RelayDeps = { pool: Pool; queue: NudgeQueue; log: Logger; metrics: Metrics };

/** Hands owed jobs to the queue, in the order they are due, tenants in turns. Any number of relays may run. */
export function startRelay(deps: RelayDeps): Relay {
  let closed = false;
  let wake = Promise.withResolvers<void>();
  let recoverAt = 0;

  /** @returns how long to wait for a poke, and how long to rest in any case */
  async function look(): Promise<Pass> {
    try {
      const passed = await pass(deps);
      if (performance.now() >= recoverAt) {
        recoverAt = performance.now() + TICK_MS;
        await recover(deps);
      }
      return passed;
    } catch (error) {
      // Postgres or the queue is away. Everything owed is still there at the next look.
      deps.log.warn({ err: error }, "relay pass failed");
      return { waitMs: TICK_MS, restUntil: 0 };
    }
  }

  async function loop(): Promise<void> {
    while (!closed) {
      wake = Promise.withResolvers();
      const { waitMs, restUntil } = await look();
      if (waitMs > 0) await pause(waitMs, wake.promise);
      const rest = restUntil - performance.now();
      if (rest > 0) await sleep(rest);
    }
  }

  const looping = loop();
  return {
    poke: () => wake.resolve(),
    async close() {
      closed = true;
      wake.resolve();
      await looping;
    },
  };
}

type Pass = { waitMs: number; restUntil: number };

/** Hands over what is due. */
async function pass(deps: RelayDeps): Promise<Pass> {
  const { rows } = await deps.pool.query<Taken>(TAKE);
  const { ids, places, next_ms } = rows[0] ?? NOTHING;
  await send(deps, ids, "due");
  const restUntil = ids.length > 0 ? performance.now() + GATHER_MS : 0;
  if (ids.length >= places) return { waitMs: FULL_WINDOW_MS, restUntil };
  if (ids.length >= PER_TENANT) return { waitMs: 0, restUntil };
  return { waitMs: Math.min(TICK_MS, Math.max(1, next_ms ?? TICK_MS)), restUntil };
}

/** Hands over again what the queue has lost. */
async function recover(deps: RelayDeps): Promise<void> {
  const { rows } = await deps.pool.query<{ id: string }>(TAKE_LOST);
  if (rows.length > 0)
    deps.log.warn({ count: rows.length }, "jobs were lost by the queue and are sent again");
  await send(
    deps,
    rows.map(({ id }) => id),
    "lost",
  );
}

async function send(
  { pool, queue, metrics }: RelayDeps,
  ids: string[],
  reason: "due" | "lost",
): Promise<void> {
  if (ids.length === 0) return;
  try {
    await queue.nudge(ids);
    metrics.aicd_outbox_sent_total.inc({ reason }, ids.length);
  } catch (error) {
    await pool.query(GIVE_BACK, [ids]);
    throw error;
  }
}

async function pause(ms: number, woken: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, woken]);
  clearTimeout(timer);
}
