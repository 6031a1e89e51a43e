import type { Pool } from "pg";

/** An operator had this long to try them again; then nobody will. */
const DEAD_DAYS = 14;
const AT_ONCE = 1_000;

// A delivery nobody could read would hold its whole batch, with the bodies of other tenants, for ever.
const FORGET = `
  with gone as (
    delete from outbox where id in (
      select id from outbox where dead_at < now() - interval '${DEAD_DAYS} days'
      order by dead_at limit ${AT_ONCE} for update skip locked
    ) returning job, payload ->> 'deliveryId' as delivery
  ), closed as (
    update webhook_deliveries set processed_at = now() where processed_at is null and id in (
      select case when delivery ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then delivery::uuid end
      from gone where job = 'receive-delivery'
    )
  )
  select count(*)::int as count from gone`;

/**
 * Deletes jobs that were given up long ago, a bounded number at a time, and lets go of the webhooks they were for.
 * @returns jobs deleted; call again until it is 0
 */
export async function forgetDeadJobs(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(FORGET);
  return rows[0]?.count ?? 0;
}
