import type { Recurring } from "./types.ts";

/**
 * The end of the period that begins the given number of periods after the anchor. Months are counted from the anchor,
 * so that one of the 31st ends on the last day of a short month and on the 31st again: docs.stripe.com/billing/subscriptions/billing-cycle.
 */
export function periodEnd(anchor: number, after: number, { interval, interval_count }: Recurring): number {
  const of = new Date(anchor * 1_000);
  if (interval === "day") return anchor + (after + 1) * interval_count * 86_400;
  if (interval === "week") return anchor + (after + 1) * interval_count * 604_800;
  const months = (after + 1) * interval_count * (interval === "year" ? 12 : 1);
  const first = Date.UTC(of.getUTCFullYear(), of.getUTCMonth() + months, 1);
  const last = new Date(first);
  const days = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1, 0)).getUTCDate();
  const day = Math.min(of.getUTCDate(), days);
  return first / 1_000 + (day - 1) * 86_400 + (anchor % 86_400);
}

/** The first end of a period that lies after the time. */
export function nextEnd(anchor: number, time: number, recurring: Recurring): number {
  let after = 0;
  while (periodEnd(anchor, after, recurring) <= time) after += 1;
  return periodEnd(anchor, after, recurring);
}
