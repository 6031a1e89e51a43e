import type { Pool } from "pg";

/** One verified webhook in a batch. */
export interface Delivery {
  /** GitHub's GUID in lower case. */
  readonly id: string;
  readonly event: string;
  /** Length of the raw body. Bodies lie one behind the other. */
  readonly bytes: number;
}

export interface Batch {
  readonly deliveries: readonly Delivery[];
  /** The bodies, packed. */
  readonly body: Buffer;
}

const UNIQUE_VIOLATION = "23505";

// One statement is one transaction. Ids and events are checked where they enter: they need no escaping.
const INSERT = (known: "" | "on conflict (id) do nothing") => `
  with batch as (
    insert into webhook_batches (body, bytes) values ($1, $2) returning id
  ), fresh as (
    insert into webhook_deliveries (id, event, batch_id, body_start, body_length)
    select d.id, d.event, batch.id, d.body_start, d.body_length
    from batch, unnest($3::uuid[], $4::text[], $5::int[], $6::int[]) as d(id, event, body_start, body_length)
    ${known}
    returning id
  )
  insert into outbox (job, payload)
  select 'receive-delivery', jsonb_build_object('deliveryId', id) from fresh`;

const INSERT_NEW = INSERT("");
const INSERT_UNKNOWN = INSERT("on conflict (id) do nothing");

/** Makes a batch durable, each delivery with its owed job, in one transaction. Known GUIDs are left alone. */
export async function insertBatch(pool: Pool, { deliveries, body }: Batch): Promise<void> {
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
  const values = [body, start, list(ids), list(events), list(starts), list(lengths)];
  try {
    await pool.query({ name: "intake-new", text: INSERT_NEW, values });
  } catch (error) {
    // A GUID that comes again is rare; preparing for it in every row costs as much as the row.
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await pool.query({ name: "intake-unknown", text: INSERT_UNKNOWN, values });
  }
}

function list(values: readonly (string | number)[]): string {
  return `{${values.join(",")}}`;
}
