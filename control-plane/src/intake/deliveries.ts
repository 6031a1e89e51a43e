import type { Pool } from "pg";
import { unpack } from "./commit/pack.ts";

export interface StoredDelivery {
  /** GitHub's GUID, lower case. */
  readonly id: string;
  readonly event: string;
  /** Exactly the bytes that were signed. Whether they are JSON is found out when they are read. */
  readonly body: Buffer;
  readonly receivedAt: Date;
}

const READ = `
  select d.id, d.event, d.body_start, d.body_length, d.received_at, b.body, b.bytes
  from webhook_deliveries d join webhook_batches b on b.id = d.batch_id
  where d.id = $1`;

/** The delivery as it came, or undefined when there is none (or no more). */
export async function readDelivery(pool: Pool, id: string): Promise<StoredDelivery | undefined> {
  const { rows } = await pool.query<{
    id: string;
    event: string;
    body_start: number;
    body_length: number;
    received_at: Date;
    body: Buffer;
    bytes: number;
  }>(READ, [id]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const bodies = await unpack(row.body, row.bytes);
  return {
    id: row.id,
    event: row.event,
    body: bodies.subarray(row.body_start, row.body_start + row.body_length),
    receivedAt: row.received_at,
  };
}

/** The delivery has been translated; after 30 days it may be forgotten. Idempotent. */
export async function markProcessed(pool: Pool, id: string): Promise<void> {
  await pool.query(
    "update webhook_deliveries set processed_at = now() where id = $1 and processed_at is null",
    [id],
  );
}

// A batch goes as a whole, with its rows: what is left of it could not be read.
const FORGET = `
  with old as (
    select b.id from webhook_batches b
    where b.created_at < now() - make_interval(days => $1)
      and not exists (
        select from webhook_deliveries d where d.batch_id = b.id
          and (d.processed_at is null or d.received_at >= now() - make_interval(days => $1))
      )
    order by b.id limit $2
    for update skip locked
  ), batches as (
    delete from webhook_batches where id in (select id from old)
  )
  delete from webhook_deliveries where batch_id in (select id from old)`;

// An uninstalled tenant's data is to be gone within a day, and batches hold several tenants' bodies.
const EMPTY = `
  with old as (
    select b.id from webhook_batches b
    where b.bytes > 0 and b.created_at < now() - make_interval(hours => $1)
      and not exists (
        select from webhook_deliveries d where d.batch_id = b.id and d.processed_at is null
      )
    order by b.id limit $2
    for update skip locked
  )
  update webhook_batches set body = '', bytes = 0 where id in (select id from old)`;

const BODY_HOURS = 20;
const RETENTION_DAYS = 30;
const BATCHES_PER_STATEMENT = 100;

/**
 * Empties the bodies of old batches whose deliveries are all processed; their GUIDs stay known.
 * @returns batches emptied; call again until it is 0
 */
export async function emptyBodies(pool: Pool, hours = BODY_HOURS): Promise<number> {
  const { rowCount } = await pool.query(EMPTY, [hours, BATCHES_PER_STATEMENT]);
  return rowCount ?? 0;
}

/**
 * Forgets deliveries that are old and processed, a bounded number at a time.
 * GitHub sends again for three days at most, so a forgotten GUID does not come back.
 * @returns deliveries forgotten; call again until it is 0
 */
export async function forgetDeliveries(pool: Pool, days = RETENTION_DAYS): Promise<number> {
  const { rowCount } = await pool.query(FORGET, [days, BATCHES_PER_STATEMENT]);
  return rowCount ?? 0;
}
