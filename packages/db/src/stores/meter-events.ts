import type { TenantId } from "@aicd/core";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { SystemDb } from "../database.ts";
import { type MeterEventRow, meterEvents, subscriptions } from "../schema/billing.ts";

export type OwedEvent = MeterEventRow & { customerId: string; periodStart: Date };

/** What Stripe's meter is owed and whether it came nobody knows, the oldest use first. System work. */
export async function listOwedEvents({ db }: SystemDb, limit: number): Promise<OwedEvent[]> {
  const rows = await db
    .select({
      event: meterEvents,
      customerId: subscriptions.customerId,
      periodStart: subscriptions.periodStart,
    })
    .from(meterEvents)
    .innerJoin(
      subscriptions,
      and(eq(subscriptions.tenantId, meterEvents.tenantId), eq(subscriptions.seller, "stripe")),
    )
    .where(isNull(meterEvents.sentAt))
    .orderBy(asc(meterEvents.usedAt))
    .limit(limit);
  return rows.map(({ event, ...rest }) => ({ ...event, ...rest }));
}

type Key = { tenantId: TenantId; key: string };

/** Writes down what will be asked, before it is. Asked again it is the same. @returns the time it is reported under */
export async function noteReported(
  { db }: SystemDb,
  { tenantId, key }: Key,
  as: Date,
  now: Date,
): Promise<MeterEventRow> {
  const [row] = await db
    .update(meterEvents)
    .set({
      reportedAs: sql`coalesce(${meterEvents.reportedAs}, ${as})`,
      askedAt: sql`coalesce(${meterEvents.askedAt}, ${now})`,
    })
    .where(and(eq(meterEvents.tenantId, tenantId), eq(meterEvents.key, key)))
    .returning();
  if (row === undefined) throw new Error("a meter event is gone");
  return row;
}

export async function noteSent({ db }: SystemDb, { tenantId, key }: Key, now: Date): Promise<void> {
  await db
    .update(meterEvents)
    .set({ sentAt: now })
    .where(and(eq(meterEvents.tenantId, tenantId), eq(meterEvents.key, key)));
}

/** It never came: it will be asked anew. */
export async function forgetAsked({ db }: SystemDb, { tenantId, key }: Key): Promise<void> {
  await db
    .update(meterEvents)
    .set({ askedAt: null, reportedAs: null })
    .where(and(eq(meterEvents.tenantId, tenantId), eq(meterEvents.key, key), isNull(meterEvents.sentAt)));
}

export type Hour = { start: number; sentMicroUsd: number; unknown: { key: string; microUsd: number }[] };

/** What was reported of a tenant, by the hours (in seconds) it was reported under. */
export async function hoursOf({ db }: SystemDb, tenantId: TenantId, from: Date): Promise<Map<number, Hour>> {
  const rows = await db
    .select()
    .from(meterEvents)
    .where(and(eq(meterEvents.tenantId, tenantId), sql`${meterEvents.reportedAs} >= ${from}`));
  const hours = new Map<number, Hour>();
  for (const { key, microUsd, reportedAs, sentAt } of rows) {
    const start = Math.floor((reportedAs?.getTime() ?? 0) / 3_600_000) * 3_600;
    const hour = hours.get(start) ?? { start, sentMicroUsd: 0, unknown: [] };
    if (sentAt === null) hour.unknown.push({ key, microUsd });
    else hour.sentMicroUsd += microUsd;
    hours.set(start, hour);
  }
  return hours;
}

/** Sums of a tenant: what is billable at Stripe by the ledger, and what its events come to, sent or not. */
export async function sumMetered(
  { db }: SystemDb,
  tenantId: TenantId,
): Promise<{ ledgerMicroUsd: number; owedMicroUsd: number; sentMicroUsd: number }> {
  const { rows } = await db.execute<Record<"ledger" | "owed" | "sent", string>>(sql`
    SELECT (SELECT coalesce(sum(metered_micro_usd), 0) FROM usage WHERE tenant_id = ${tenantId}) AS ledger,
      coalesce(sum(micro_usd) FILTER (WHERE sent_at IS NULL), 0) AS owed,
      coalesce(sum(micro_usd) FILTER (WHERE sent_at IS NOT NULL), 0) AS sent
    FROM meter_events WHERE tenant_id = ${tenantId}`);
  const [row] = rows;
  return {
    ledgerMicroUsd: Number(row?.ledger ?? 0),
    owedMicroUsd: Number(row?.owed ?? 0),
    sentMicroUsd: Number(row?.sent ?? 0),
  };
}
