import type { Pool } from "pg";
import type { DeliveryHead } from "./messages.ts";
import { pack } from "./pack.ts";

// One statement is one transaction. Ids and events are checked where they enter: they need no escaping.
const INSERT = `
  with batch as (
    insert into webhook_batches (body, bytes) values ($1, $2) returning id
  ), fresh as (
    insert into webhook_deliveries (id, event, batch_id, body_start, body_length)
    select d.id, d.event, batch.id, d.body_start, d.body_length
    from batch, unnest($3::uuid[], $4::text[], $5::int[], $6::int[]) as d(id, event, body_start, body_length)
    on conflict (id) do nothing
    returning id
  )
  insert into outbox (job, payload)
  select 'receive-delivery', jsonb_build_object('deliveryId', id) from fresh`;

/**
 * Makes deliveries durable, each with its owed job, in one transaction. Known GUIDs are left alone.
 * @param bodies one behind the other, in the order of `deliveries`, and nothing else
 */
export async function insertDeliveries(
  pool: Pool,
  deliveries: readonly DeliveryHead[],
  bodies: Uint8Array,
): Promise<void> {
  const ids: string[] = [];
  const events: string[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  let start = 0;
  for (const { id, event, bytes } of deliveries) {
    ids.push(id);
    events.push(event);
    starts.push(start);
    lengths.push(bytes);
    start += bytes;
  }
  const values = [pack(bodies), start, list(ids), list(events), list(starts), list(lengths)];
  await pool.query({ name: "intake-insert", text: INSERT, values });
}

function list(values: readonly (string | number)[]): string {
  return `{${values.join(",")}}`;
}
