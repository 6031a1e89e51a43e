import type { SoldState, TenantId } from "@aicd/core";
import { findSubscriptions, putSubscription, refreshEntitlement, type SubscriptionRow } from "@aicd/db";
import type { Stripe } from "stripe";
import { type BillingDeps, stripeOf } from "./billing.ts";
import { grantIncluded } from "./grant-included.ts";

const STATES: Record<string, SoldState> = {
  trialing: "trialing",
  active: "active",
  past_due: "past_due",
  unpaid: "unpaid",
  paused: "unpaid",
  // The first payment never came: nothing was sold.
  incomplete: "ended",
  incomplete_expired: "ended",
  canceled: "ended",
};

/**
 * Job `sync-stripe`: what Stripe says of a customer now. Events only say that something changed, so they may come in
 * any order, twice, or late. A lock of the tenant's is held while Stripe is asked: who writes last has asked last.
 */
export async function syncStripe(deps: BillingDeps, { tenantId }: { tenantId: string }): Promise<void> {
  const scope = { tenantId: tenantId as TenantId };
  const stripe = stripeOf(deps);
  await deps.db.withTenant(scope, async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('stripe:' || $1))", [tenantId]);
    const known = (await findSubscriptions(tx)).find(({ seller }) => seller === "stripe");
    // Erased, or never a customer: whatever comes late is of no consequence.
    if (known === undefined) return;
    const subscription = await currentOf(stripe, known.customerId);
    await putSubscription(tx, said(known, subscription, new Date(deps.now())));
    const entitlement = await refreshEntitlement(tx, deps.billing.plans, deps.now());
    if (subscription !== undefined) {
      await grantIncluded(stripe, { subscription, plans: deps.billing.plans, seats: seatsOf(subscription) });
    }
    deps.log.info(
      { ...scope, plan: entitlement.plan, state: entitlement.state },
      "what is sold was read from Stripe",
    );
  });
}

/** A status that is new to us lets nothing begin, and is not over. */
function stateOf(status: string): SoldState {
  return STATES[status] ?? "unpaid";
}

/** The one that lives, else the last that did. */
async function currentOf(stripe: Stripe, customer: string): Promise<Stripe.Subscription | undefined> {
  const { data } = await stripe.subscriptions.list({ customer, status: "all", limit: 100 });
  const newest = data.toSorted((a, b) => b.created - a.created);
  return newest.find(({ status }) => stateOf(status) !== "ended") ?? newest[0];
}

function said(known: SubscriptionRow, subscription: Stripe.Subscription | undefined, now: Date) {
  const { customerId } = known;
  const none = { seller: "stripe" as const, customerId, externalId: null, plan: "free", pending: null };
  if (subscription === undefined) {
    const { seats, overage, periodStart, periodEnd } = known;
    return { ...none, seats, overage, periodStart, periodEnd, state: "ended" as const, pastDueSince: null };
  }
  const state = stateOf(subscription.status);
  const flat = flatItem(subscription);
  const [start, end] = [flat?.current_period_start ?? 0, flat?.current_period_end ?? 0];
  return {
    seller: "stripe" as const,
    customerId,
    externalId: subscription.id,
    plan: flat?.price.metadata.plan ?? "free",
    state,
    seats: seatsOf(subscription),
    overage: subscription.metadata.overage === "on",
    periodStart: new Date(start * 1_000),
    periodEnd: new Date(end * 1_000),
    pastDueSince: state === "past_due" || state === "unpaid" ? (known.pastDueSince ?? now) : null,
    pending: subscription.cancel_at_period_end ? "cancelled" : null,
  };
}

export function flatItem({ items }: Stripe.Subscription): Stripe.SubscriptionItem | undefined {
  return items.data.find(({ price }) => price.recurring?.usage_type === "licensed");
}

function seatsOf(subscription: Stripe.Subscription): number {
  return Math.max(1, flatItem(subscription)?.quantity ?? 1);
}
