import type pg from "pg";
import { unpack } from "../../../control-plane/src/intake/commit/pack.ts";
import { guidOf, makeBodies } from "./bodies.ts";

const BATCHES_AT_ONCE = 200;

/** Looks every answered delivery up in Postgres: stored under its GUID, the bytes as sent, and they parse. */
export async function countLost(
  pool: pg.Pool,
  rounds: readonly { run: number; answered: readonly number[] }[],
): Promise<{ stored: number; lost: number }> {
  const bodies = makeBodies();
  const promised = new Map<string, Buffer | undefined>();
  for (const { run, answered } of rounds) {
    for (const n of answered) promised.set(guidOf(run, n), bodies[n % bodies.length]);
  }
  const total = promised.size;
  for (let after = "0"; ; ) {
    const batches = await pool.query<{ id: string; body: Buffer; bytes: number }>(
      "select id, body, bytes from webhook_batches where id > $1 order by id limit $2",
      [after, BATCHES_AT_ONCE],
    );
    if (batches.rows.length === 0) break;
    const unpacked = new Map<string, Buffer>();
    for (const { id, body, bytes } of batches.rows) unpacked.set(id, await unpack(body, bytes));
    const deliveries = await pool.query<{
      id: string;
      batch_id: string;
      body_start: number;
      body_length: number;
    }>(
      "select id, batch_id, body_start, body_length from webhook_deliveries where batch_id = any($1::bigint[])",
      [[...unpacked.keys()]],
    );
    for (const { id, batch_id, body_start, body_length } of deliveries.rows) {
      const body = unpacked.get(batch_id)?.subarray(body_start, body_start + body_length);
      const sent = promised.get(id);
      if (!body || !sent || !body.equals(sent)) continue;
      JSON.parse(body.toString("utf8"));
      promised.delete(id);
    }
    after = batches.rows.at(-1)?.id ?? after;
  }
  return { stored: total - promised.size, lost: promised.size };
}
