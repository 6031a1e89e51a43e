import type { SalesPlan, SalesPlans } from "./plans.ts";

export const SELLERS = ["stripe", "marketplace"] as const;
export type Seller = (typeof SELLERS)[number];
export const SOLD_STATES = ["trialing", "active", "past_due", "unpaid", "ended"] as const;
export type SoldState = (typeof SOLD_STATES)[number];

/** What one seller says of a tenant. Times are milliseconds. */
export type Sold = {
  seller: Seller;
  plan: string;
  state: SoldState;
  seats: number;
  overage: boolean;
  periodStart: number;
  periodEnd: number;
  /** Since when payments fail. */
  pastDueSince: number | null;
};

/** What a tenant may do. `stopped`: nothing new begins. */
export type Entitled = {
  seller: Seller | "none";
  plan: string;
  state: "active" | "grace" | "stopped";
  seats: number;
  overage: boolean;
  includedMicroUsd: number;
  periodStart: number;
  periodEnd: number;
  graceUntil: number | null;
};

const DAY_MS = 86_400_000;
const MICRO = 1_000_000;

/**
 * One answer from what both sellers say. Of two living subscriptions the one that includes more holds, at the same
 * amount Stripe's; the other is the customer's to cancel. Without any it is the free plan, by calendar months (UTC).
 */
export function entitle(plans: SalesPlans, sold: readonly Sold[], now: number): Entitled {
  const living = sold.filter(({ state, plan }) => state !== "ended" && plans.has(plan));
  const [best] = living
    .map((each) => entitledBy(each, plans.get(each.plan) as SalesPlan, now))
    .toSorted(
      (a, b) =>
        Number(a.state === "stopped") - Number(b.state === "stopped") ||
        b.includedMicroUsd - a.includedMicroUsd ||
        Number(a.seller !== "stripe") - Number(b.seller !== "stripe"),
    );
  return best ?? freeOf(plans, now);
}

function entitledBy(sold: Sold, plan: SalesPlan, now: number): Entitled {
  const { seller, seats, periodStart, periodEnd, pastDueSince } = sold;
  const graceUntil = pastDueSince === null ? null : pastDueSince + plan.graceDays * DAY_MS;
  const failing = sold.state === "unpaid" ? "stopped" : (graceUntil ?? 0) > now ? "grace" : "stopped";
  return {
    seller,
    plan: sold.plan,
    state: sold.state === "active" || sold.state === "trialing" ? "active" : failing,
    seats,
    overage: sold.overage && plan.overage,
    includedMicroUsd: includedOf(plan, seats),
    periodStart,
    periodEnd,
    graceUntil: sold.state === "past_due" ? graceUntil : null,
  };
}

/** Included in a month, in millionths of a dollar. */
export function includedOf(plan: SalesPlan, seats: number): number {
  return Math.round(plan.includedUsd * MICRO) * (plan.perSeat ? seats : 1);
}

function freeOf(plans: SalesPlans, now: number): Entitled {
  const at = new Date(now);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const plan = plans.get("free");
  return {
    seller: "none",
    plan: "free",
    state: "active",
    seats: 1,
    overage: false,
    includedMicroUsd: plan === undefined ? 0 : includedOf(plan, 1),
    periodStart: Date.UTC(year, month, 1),
    periodEnd: Date.UTC(year, month + 1, 1),
    graceUntil: null,
  };
}
