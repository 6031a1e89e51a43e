import { includedOf, type SalesPlans } from "@aicd/core";
import type { Stripe } from "stripe";
import { MICRO_PER_CENT } from "./billing.ts";

/** Invoices older than this were looked at when they were paid. */
const LOOK_BACK_DAYS = 40;
const DAY = 86_400;
/** An invoice of a period's usage is drawn when the period is over, and finalized about an hour later. */
const AFTERWARDS_SECONDS = 3 * DAY;
const PERIODS = new Set(["subscription_create", "subscription_cycle"]);

/**
 * For each paid invoice that began a period, what the plan includes in it becomes a credit that pays for usage. A grant
 * names its invoice, so that one that is there is found, and two that ask at once make one.
 */
export async function grantIncluded(
  stripe: Stripe,
  given: { subscription: Stripe.Subscription; plans: SalesPlans; seats: number },
): Promise<void> {
  const { subscription, plans } = given;
  const customer = idOf(subscription.customer);
  const item = subscription.items.data.find(({ price }) => price.recurring?.usage_type === "licensed");
  const plan = plans.get(item?.price.metadata.plan ?? "");
  if (plan === undefined || item === undefined) return;
  const cents = Math.round(includedOf(plan, given.seats) / MICRO_PER_CENT);
  if (cents === 0) return;
  const invoices = await stripe.invoices.list({
    customer,
    subscription: subscription.id,
    status: "paid",
    limit: 5,
  });
  const begun = invoices.data.find(
    ({ billing_reason: reason, created }) =>
      PERIODS.has(reason ?? "") &&
      created >= item.current_period_start &&
      created > item.current_period_end - LOOK_BACK_DAYS * DAY,
  );
  if (begun?.id === undefined) return;
  for await (const grant of stripe.billing.creditGrants.list({ customer, limit: 100 })) {
    if (grant.metadata.invoice === begun.id) return;
  }
  await stripe.billing.creditGrants.create(
    {
      customer,
      name: `Included in ${plan.title}`,
      category: "promotional",
      amount: { type: "monetary", monetary: { currency: "usd", value: cents } },
      applicability_config: { scope: { price_type: "metered" } },
      effective_at: item.current_period_start,
      expires_at: item.current_period_end + AFTERWARDS_SECONDS,
      metadata: { invoice: begun.id },
    },
    { idempotencyKey: `grant:${begun.id}` },
  );
}

function idOf(thing: string | { id: string }): string {
  return typeof thing === "string" ? thing : thing.id;
}
