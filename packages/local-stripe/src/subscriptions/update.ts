import { emit } from "../events/emit.ts";
import { invalid, missing } from "../http/errors.ts";
import { collect, finalize } from "../invoices/collect.ts";
import { drawInvoice } from "../invoices/draw.ts";
import { makeLine } from "../invoices/line.ts";
import { centsOf, shareOf } from "../world/cents.ts";
import type { Item, Line, Metadata, Price, Subscription } from "../world/types.ts";
import { nowOf, type World } from "../world/world.ts";
import { makeItem, priceOf } from "./create.ts";

export type AskedUpdate = {
  items?: { id?: string; price?: string; quantity?: number; deleted?: boolean }[];
  cancel_at_period_end?: boolean;
  default_payment_method?: string;
  metadata?: Metadata;
  proration_behavior?: "create_prorations" | "always_invoice" | "none";
};

/** A changed plan, other seats, an end at the period's end. What it costs is prorated to the second. */
export function updateSubscription(
  world: World,
  subscription: Subscription,
  asked: AskedUpdate,
): Subscription {
  if (subscription.ended_at !== null)
    throw invalid("id", "A canceled subscription can only update its metadata.");
  const now = nowOf(world, subscription.customer);
  const { proration_behavior: behavior = "create_prorations" } = asked;
  const lines = (asked.items ?? []).flatMap((change) => changeItem(world, subscription, change, now));
  if (asked.cancel_at_period_end !== undefined) {
    subscription.cancel_at_period_end = asked.cancel_at_period_end;
    subscription.canceled_at = asked.cancel_at_period_end ? now : null;
    subscription.cancel_at = asked.cancel_at_period_end
      ? (subscription.items.data[0]?.current_period_end ?? null)
      : null;
  }
  if (asked.default_payment_method !== undefined)
    subscription.default_payment_method = asked.default_payment_method;
  if (asked.metadata !== undefined) subscription.metadata = { ...subscription.metadata, ...asked.metadata };
  const prorates = behavior !== "none" && subscription.status !== "trialing" && lines.length > 0;
  if (prorates)
    world.pendingLines.set(subscription.id, [...(world.pendingLines.get(subscription.id) ?? []), ...lines]);
  if (prorates && behavior === "always_invoice") {
    const period = { start: now, end: now };
    const invoice = drawInvoice(world, { subscription, reason: "subscription_update", lines: [], period });
    finalize(world, invoice);
    collect(world, invoice);
  }
  emit(world, "customer.subscription.updated", subscription, {});
  return subscription;
}

/** @returns what was paid too much, and what is to be paid more, until the period ends */
function changeItem(
  world: World,
  subscription: Subscription,
  change: NonNullable<AskedUpdate["items"]>[number],
  now: number,
): Line[] {
  const { data } = subscription.items;
  if (change.id === undefined) {
    const until = data[0]?.current_period_end;
    const { price = "", quantity } = change;
    const item = makeItem(world, {
      price,
      subscription: subscription.id,
      now,
      ...(quantity === undefined ? {} : { quantity }),
      ...(until === undefined ? {} : { until }),
    });
    data.push(item);
    return prorated(item, { price: item.price, quantity: item.quantity ?? 1 }, { now, sign: 1 });
  }
  const item = data.find(({ id }) => id === change.id);
  if (item === undefined) throw missing("subscription_item", change.id, "items[0][id]");
  const before = prorated(item, { price: item.price, quantity: item.quantity ?? 1 }, { now, sign: -1 });
  if (change.deleted) {
    data.splice(data.indexOf(item), 1);
    return before;
  }
  const price = change.price === undefined ? item.price : priceOf(world, change.price, "items[0][price]");
  const quantity = change.quantity ?? item.quantity ?? 1;
  const [from, to] = [item.price.recurring, price.recurring];
  if (from?.interval !== to?.interval || from?.interval_count !== to?.interval_count) {
    throw invalid("items[0][price]", "This local Stripe does not change the interval of an item that runs.");
  }
  if (price.id === item.price.id && quantity === (item.quantity ?? 1)) return [];
  item.price = price;
  if (to?.usage_type === "licensed") item.quantity = quantity;
  return [...before, ...prorated(item, { price, quantity }, { now, sign: 1 })];
}

function prorated(
  item: Item,
  { price, quantity }: { price: Price; quantity: number },
  { now, sign }: { now: number; sign: 1 | -1 },
): Line[] {
  if (price.recurring?.usage_type === "metered") return [];
  const { current_period_start: start, current_period_end: end } = item;
  const whole = centsOf(price.unit_amount_decimal, BigInt(quantity));
  const amount = sign * shareOf(whole, end - now, end - start);
  if (amount === 0) return [];
  const description = `${sign < 0 ? "Unused time" : "Remaining time"} on ${quantity} × ${price.product}`;
  return [
    makeLine({ item, price, amount, quantity, period: { start: now, end }, description, proration: true }),
  ];
}
