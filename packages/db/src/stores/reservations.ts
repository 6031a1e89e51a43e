import {
  type AttemptId,
  LIMITS,
  NO_TOKENS,
  type Price,
  type TenantId,
  type Tokens,
  type UsageId,
} from "@aicd/core";
import { inArray, sql } from "drizzle-orm";
import type { SystemDb, TenantTx } from "../database.ts";
import { reservations } from "../schema/records.ts";

const ABANDONED = `seen_at < now() - ${LIMITS.abandonedCallMs} * interval '1 ms'`;

/** A model call before it is made: `tokens` are its bounds, and `microUsd` what they cost at most. */
export type NewReservation = {
  id: UsageId;
  attemptId: AttemptId;
  tokenHash: Buffer;
  provider: string;
  model: string;
  tokens: Tokens;
  price: Price;
  microUsd: number;
  /** The tenant's own key pays the vendor. */
  ownKey?: boolean;
};

/**
 * Lets a model call in, or not: the lease lives and nobody stopped it, the server is not paused at once, the tenant goes
 * on, and of the month and of the task something is left beside what is spent and what other calls hold. What it costs at most is held from
 * here on. A plan that is used up, or stopped, lets nothing in, but for calls that the tenant's own key pays.
 * One statement; month before task, as everywhere, so that two never wait for each other.
 *
 * @returns false: not now. The transaction must then be rolled back, for a part may be held already
 */
export async function reserve(tx: TenantTx, call: NewReservation): Promise<boolean> {
  const { rowCount } = await tx.query(
    `WITH lease AS (
       SELECT task_id FROM attempts
       WHERE tenant_id = $1 AND id = $2 AND token_hash = $3 AND state = 'leased' AND lease_until > now()
         AND cancel_reason IS NULL
         AND NOT EXISTS (SELECT FROM server_pauses WHERE ended_at IS NULL AND at_once)
     ), rules AS (
       SELECT coalesce((body->>'paused')::boolean, false) AS paused,
         coalesce((body->>'monthlyBudgetMicroUsd')::numeric, 'Infinity') AS most,
         coalesce((SELECT CASE WHEN state = 'stopped' THEN 0
             WHEN $10::boolean OR overage THEN 'Infinity'::numeric ELSE included_micro_usd - used_micro_usd END
           FROM entitlements WHERE tenant_id = $1), 'Infinity') AS plan
       FROM (SELECT (SELECT body FROM tenant_settings WHERE tenant_id = $1) AS body) s
     ), this_month AS (
       INSERT INTO spend_months AS m (tenant_id, month, held_micro_usd)
       SELECT $1, date_trunc('month', now() AT TIME ZONE 'UTC')::date, $9 FROM lease, rules
       WHERE NOT paused AND most > 0 AND plan > 0
       ON CONFLICT (tenant_id, month) DO UPDATE SET held_micro_usd = m.held_micro_usd + excluded.held_micro_usd
       WHERE m.spent_micro_usd + m.held_micro_usd < (SELECT most FROM rules)
         AND m.held_micro_usd < (SELECT plan FROM rules)
       RETURNING month
     ), task AS (
       UPDATE tasks t SET held_micro_usd = t.held_micro_usd + $9 FROM lease, this_month
       WHERE t.tenant_id = $1 AND t.id = lease.task_id
         AND t.spent_micro_usd + t.held_micro_usd < t.budget_micro_usd
       RETURNING t.id, this_month.month
     )
     INSERT INTO reservations
       (tenant_id, id, task_id, attempt_id, provider, model, month, held_micro_usd, tokens, price, own_key)
     SELECT $1, $4, task.id, $2, $5, $6, task.month, $9, $7, $8, $10 FROM task`,
    [
      tx.scope.tenantId,
      call.attemptId,
      call.tokenHash,
      call.id,
      call.provider,
      call.model,
      JSON.stringify(call.tokens),
      JSON.stringify(call.price),
      call.microUsd,
      call.ownKey ?? false,
    ],
  );
  return rowCount === 1;
}

/** What a call came to. */
export type Used = { model: string; tokens: Tokens; price: Price; microUsd: number; estimated: boolean };

/** Takes a reservation away and gives what it held back to month and task, which then bears $cost. */
const letGo = (condition: string, cost: string) => `
  held AS (
    DELETE FROM reservations WHERE tenant_id = $1 AND id = $2 AND ${condition} RETURNING *
  ), this_month AS (
    UPDATE spend_months m SET held_micro_usd = m.held_micro_usd - held.held_micro_usd FROM held
    WHERE m.tenant_id = $1 AND m.month = held.month RETURNING m.month
  ), task AS (
    UPDATE tasks t SET held_micro_usd = t.held_micro_usd - held.held_micro_usd,
      spent_micro_usd = t.spent_micro_usd + ${cost}
    FROM held, this_month WHERE t.tenant_id = $1 AND t.id = held.task_id RETURNING t.id
  )`;

/**
 * Books what a call came to, and lets go of what was held for it. A call whose server was taken for dead has been
 * booked as an estimate; its count comes late and puts the row right. Saying it again changes nothing.
 *
 * @param used "nothing": it cost nothing. "as held": its server has fallen silent and nobody knows, so it was the
 *   most it can have been
 */
export async function settle(
  tx: TenantTx,
  id: UsageId,
  used: Used | "nothing" | "as held",
): Promise<boolean> {
  const of = [tx.scope.tenantId, id];
  if (used === "as held") {
    const { rowCount } = await tx.query(
      `WITH ${letGo(ABANDONED, "held.held_micro_usd")} ${book("held.model, held.tokens, held.price, held.held_micro_usd, true")}`,
      of,
    );
    return rowCount === 1;
  }
  if (used === "nothing") {
    const { rowCount } = await tx.query(`WITH ${letGo("true", "0")} SELECT FROM task`, of);
    return rowCount === 1 || correct(tx, id, { tokens: NO_TOKENS, microUsd: 0, estimated: false });
  }
  const { rowCount } = await tx.query(
    `WITH ${letGo("true", COST)} ${book(`$3, $4::jsonb, $5::jsonb, ${COST}, $7`)}`,
    [
      ...of,
      used.model,
      JSON.stringify(used.tokens),
      JSON.stringify(used.price),
      used.microUsd,
      used.estimated,
    ],
  );
  return rowCount === 1 || correct(tx, id, used);
}

/** A guess is never more than what was held: that is the most it can be. */
const COST = "CASE WHEN $7::boolean THEN least($6::bigint, held.held_micro_usd) ELSE $6::bigint END";

/** The usage row of what was let go, dated when the call began: in the month that held its money. */
const book = (came: string) => `
  INSERT INTO usage
    (tenant_id, id, key, task_id, attempt_id, provider, own_key, created_at, model, tokens, price, micro_usd, estimated)
  SELECT $1, $2, held.attempt_id || ':' || held.id, task.id, held.attempt_id, held.provider, held.own_key,
    held.created_at, ${came}
  FROM held, task ON CONFLICT DO NOTHING`;

async function correct(
  tx: TenantTx,
  id: UsageId,
  used: Pick<Used, "tokens" | "microUsd" | "estimated"> & Partial<Used>,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `WITH guess AS (
       SELECT task_id, micro_usd, created_at FROM usage WHERE tenant_id = $1 AND id = $2 AND estimated FOR UPDATE
     ), its_month AS (
       SELECT m.month FROM spend_months m, guess
       WHERE m.tenant_id = $1 AND m.month = date_trunc('month', guess.created_at AT TIME ZONE 'UTC')::date
       FOR UPDATE OF m
     ), task AS (
       UPDATE tasks t SET spent_micro_usd = t.spent_micro_usd + $6::bigint - guess.micro_usd FROM guess, its_month
       WHERE t.tenant_id = $1 AND t.id = guess.task_id RETURNING t.id
     )
     UPDATE usage u SET model = coalesce($3, u.model), tokens = $4::jsonb, price = coalesce($5::jsonb, u.price),
       micro_usd = $6::bigint, estimated = $7
     FROM task WHERE u.tenant_id = $1 AND u.id = $2`,
    [
      tx.scope.tenantId,
      id,
      used.model ?? null,
      JSON.stringify(used.tokens),
      used.price === undefined ? null : JSON.stringify(used.price),
      used.microUsd,
      used.estimated,
    ],
  );
  return rowCount === 1;
}

/** Notes that calls are still under way. System work: a server's calls are of many tenants. */
export async function noteUnderWay(tx: SystemDb, ids: UsageId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.db.update(reservations).set({ seenAt: sql`now()` }).where(inArray(reservations.id, ids));
}

/** Calls whose server says nothing of them any more. System work, for the sweep. */
export async function listAbandonedCalls(tx: SystemDb): Promise<{ tenantId: TenantId; id: UsageId }[]> {
  return tx.db
    .select({ tenantId: reservations.tenantId, id: reservations.id })
    .from(reservations)
    .where(sql.raw(ABANDONED))
    .limit(500);
}
