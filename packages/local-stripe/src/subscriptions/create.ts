import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { invalid, missing, StripeError } from "../http/errors.ts";
import { collect, finalize } from "../invoices/collect.ts";
import { drawInvoice, lineAhead } from "../invoices/draw.ts";
import { periodEnd } from "../world/calendar.ts";
import type { Item, Metadata, Price, Subscription } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";
import { setStatus } from "./status.ts";

const DAY = 86_400;

export type AskedSubscription = {
  customer: string;
  items: { price: string; quantity?: number; metadata?: Metadata }[];
  trial_end?: number;
  trial_period_days?: number;
  default_payment_method?: string;
  metadata?: Metadata;
  payment_behavior?: string;
};

/** @throws StripeError also when the first payment fails and `payment_behavior` is `error_if_incomplete` */
export function createSubscription(world: World, asked: AskedSubscription): Subscription {
  const customer = world.customers.get(asked.customer);
  if (customer === undefined || customer.deleted) throw missing("customer", asked.customer, "customer");
  if (asked.items.length === 0) throw invalid("items", "A subscription needs at least one item.");
  const now = nowOf(world, customer.id);
  const id = mint("sub");
  const days = asked.trial_period_days;
  const trialEnd = asked.trial_end ?? (days === undefined ? undefined : now + days * DAY);
  const items = asked.items.map((each, index) =>
    makeItem(world, { ...each, subscription: id, now, trialEnd, index }),
  );
  const subscription = blank<Subscription>("subscription", {
    id,
    object: "subscription",
    created: now,
    metadata: asked.metadata ?? {},
    customer: customer.id,
    status: trialEnd === undefined ? "incomplete" : "trialing",
    currency: items[0]?.price.currency ?? "usd",
    items: { object: "list", data: items, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    billing_cycle_anchor: trialEnd ?? now,
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    ended_at: null,
    start_date: now,
    trial_start: trialEnd === undefined ? null : now,
    trial_end: trialEnd ?? null,
    latest_invoice: null,
    default_payment_method: asked.default_payment_method ?? null,
    test_clock: customer.test_clock,
  });
  subscription.collection_method = "charge_automatically";
  world.subscriptions.set(id, subscription);
  emit(world, "customer.subscription.created", subscription);
  payFirst(world, subscription, asked.payment_behavior);
  return subscription;
}

function payFirst(world: World, subscription: Subscription, behavior: string | undefined): void {
  const lines = subscription.status === "trialing" ? [] : subscription.items.data.flatMap(lineAhead);
  const { start_date: start } = subscription;
  const end = subscription.items.data[0]?.current_period_end ?? start;
  const invoice = drawInvoice(world, {
    subscription,
    reason: "subscription_create",
    lines,
    period: { start, end },
  });
  finalize(world, invoice);
  if (!collect(world, invoice)) {
    if (behavior !== "error_if_incomplete") return;
    subscription.status = "incomplete_expired";
    throw new StripeError(402, {
      type: "card_error",
      code: "card_declined",
      message: "Your card was declined.",
    });
  }
  if (subscription.status === "incomplete") setStatus(world, subscription, "active");
}

type NewItem = AskedSubscription["items"][number] & {
  subscription: string;
  now: number;
  trialEnd?: number | undefined;
  index?: number;
  until?: number;
};

export function makeItem(world: World, given: NewItem): Item {
  const price = priceOf(world, given.price, `items[${given.index ?? 0}][price]`);
  const { recurring } = price;
  if (recurring === null) throw invalid("items", `The price ${price.id} is not recurring.`);
  const metered = recurring.usage_type === "metered";
  if (metered && given.quantity !== undefined) {
    throw invalid(
      `items[${given.index ?? 0}][quantity]`,
      "Quantity should not be specified where usage_type is `metered`.",
    );
  }
  return blank<Item>("subscription_item", {
    id: mint("si"),
    object: "subscription_item",
    created: given.now,
    metadata: given.metadata ?? {},
    price,
    ...(metered ? {} : { quantity: given.quantity ?? 1 }),
    subscription: given.subscription,
    current_period_start: given.now,
    current_period_end: given.until ?? given.trialEnd ?? periodEnd(given.now, 0, recurring),
  });
}

export function priceOf(world: World, id: string, param: string): Price {
  const price = world.prices.get(id);
  if (price === undefined) throw missing("price", id, param);
  if (!price.active) throw invalid(param, `The price specified is inactive.`);
  return price;
}
