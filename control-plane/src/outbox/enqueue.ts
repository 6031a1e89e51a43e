import type { Catalog, JobName, PayloadInput } from "./catalog.ts";

/** The caller's transaction: a `pg` client, or anything that runs SQL in the same one. */
interface OutboxTx {
  query(text: string, values: unknown[]): Promise<unknown>;
  /** When there is one, it wakes the relay; else call `relay.poke()` after the commit yourself. */
  afterCommit?(effect: () => void): void;
}

interface EnqueueOptions {
  /** Not before this much later, by the database's clock. */
  readonly delayMs?: number;
  /** Whose turn it uses up; tenants are served in turns. */
  readonly tenantId?: string;
}

interface Entry<C extends Catalog, J extends JobName<C> = JobName<C>> extends EnqueueOptions {
  readonly job: J;
  readonly payload: PayloadInput<C, J>;
}

export interface Enqueue<C extends Catalog> {
  /** Owes a job: it is written with the transaction and runs at least once after its commit. @throws ZodError */
  one<J extends JobName<C>>(
    tx: OutboxTx,
    job: J,
    payload: PayloadInput<C, J>,
    options?: EnqueueOptions,
  ): Promise<void>;
  /** Any number of jobs in one statement. */
  many(tx: OutboxTx, entries: readonly { [J in JobName<C>]: Entry<C, J> }[JobName<C>][]): Promise<void>;
}

const INSERT = `
  insert into outbox (job, payload, tenant_id, due_at)
  select job, payload, coalesce(tenant, ''), now() + coalesce(delay, 0) * interval '1 ms'
  from jsonb_to_recordset($1::jsonb) as entry(job text, payload jsonb, tenant text, delay double precision)`;

/** @param poke wakes the relay of this process */
export function createEnqueue<C extends Catalog>(catalog: C, poke: () => void): Enqueue<C> {
  async function insert(tx: OutboxTx, entries: readonly Entry<C>[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map(({ job, payload, tenantId, delayMs }) => ({
      job,
      // Checked here, where the mistake is, and not an hour later in a worker.
      payload: catalog[job]?.payload.parse(payload),
      tenant: tenantId,
      delay: delayMs,
    }));
    await tx.query(INSERT, [JSON.stringify(rows)]);
    tx.afterCommit?.(poke);
  }
  return {
    one: (tx, job, payload, options) => insert(tx, [{ job, payload, ...options }]),
    many: insert,
  };
}
