import { emit } from "../events/emit.ts";
import type { Subscription, SubscriptionStatus } from "../world/types.ts";
import { nowOf, type World } from "../world/world.ts";

export function setStatus(world: World, subscription: Subscription, status: SubscriptionStatus): void {
  const before = subscription.status;
  if (before === status) return;
  subscription.status = status;
  emit(world, "customer.subscription.updated", subscription, { status: before });
}

/** Ends it now, for good. Whoever ends it draws the last invoice before. */
export function endSubscription(world: World, subscription: Subscription): void {
  const now = nowOf(world, subscription.customer);
  subscription.status = "canceled";
  subscription.canceled_at ??= now;
  subscription.ended_at = now;
  for (const invoice of world.invoices.values()) {
    // An ended subscription's open invoices are not collected any more.
    if (invoice.parent.subscription_details.subscription === subscription.id && invoice.status === "open") {
      invoice.auto_advance = false;
      invoice.next_payment_attempt = null;
    }
  }
  emit(world, "customer.subscription.deleted", subscription);
}
