import { type Call, find, list, merged, type Routes } from "../http/call.ts";
import { invalid, missing } from "../http/errors.ts";
import { collect, finalize } from "../invoices/collect.ts";
import { drawInvoice, lineBehind } from "../invoices/draw.ts";
import type { Subscription } from "../world/types.ts";
import { nowOf } from "../world/world.ts";
import { createSubscription } from "./create.ts";
import { endSubscription } from "./status.ts";
import { updateSubscription } from "./update.ts";

export const subscriptionRoutes: Routes = {
  "post /v1/subscriptions": ({ world, asked }) => {
    if (asked.default_payment_method !== undefined) {
      find(world.paymentMethods, "PaymentMethod", asked.default_payment_method, "default_payment_method");
    }
    return createSubscription(world, asked);
  },
  "get /v1/subscriptions": (call) => {
    const { customer, status, test_clock: clock } = call.asked;
    const fits = (each: Subscription) =>
      (customer === undefined || each.customer === customer) &&
      (clock === undefined || each.test_clock === clock) &&
      (status === "all" || (status === undefined ? each.status !== "canceled" : each.status === status));
    return list(call, [...call.world.subscriptions.values()].filter(fits));
  },
  "get /v1/subscriptions/{subscription_exposed_id}": ({ world, id }) =>
    find(world.subscriptions, "subscription", id),
  "post /v1/subscriptions/{subscription_exposed_id}": ({ world, id, asked }) => {
    const subscription = find(world.subscriptions, "subscription", id);
    const metadata = merged(subscription.metadata, asked.metadata);
    return updateSubscription(world, subscription, { ...asked, metadata });
  },
  "delete /v1/subscriptions/{subscription_exposed_id}": cancel,
};

/** At once. What was used is billed only where `invoice_now` says so: docs.stripe.com/billing/subscriptions/cancel. */
function cancel({ world, id, asked }: Call): Subscription {
  const subscription = find(world.subscriptions, "subscription", id);
  if (subscription.ended_at !== null) throw missing("subscription", id);
  if (asked.prorate)
    throw invalid("prorate", "This local Stripe gives nothing back when a subscription is cancelled.");
  if (asked.invoice_now) {
    const end = nowOf(world, subscription.customer);
    const start = subscription.items.data[0]?.current_period_start ?? end;
    // A second is not over before it ends.
    const lines = subscription.items.data.flatMap((item) => lineBehind(item, { start, end: end + 1 }));
    const invoice = drawInvoice(world, {
      subscription,
      reason: "subscription_update",
      lines,
      period: { start, end },
    });
    finalize(world, invoice);
    collect(world, invoice);
  }
  if (subscription.ended_at === null) endSubscription(world, subscription);
  return subscription;
}
