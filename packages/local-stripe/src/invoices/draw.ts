import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { usedBetween } from "../usage/meter.ts";
import { centsOf } from "../world/cents.ts";
import type { Invoice, Item, Line, Subscription } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";
import { makeLine } from "./line.ts";

/** docs.stripe.com/invoicing/integration/automatic-advancement-collection: a draft is finalized after about an hour. */
const DRAFT_SECONDS = 3_600;

type Drawn = {
  subscription: Subscription;
  reason: Invoice["billing_reason"];
  lines: Line[];
  period: { start: number; end: number };
};

/** A draft, with what waited for the next invoice. Usage is counted when it is finalized. */
export function drawInvoice(world: World, { subscription, reason, lines, period }: Drawn): Invoice {
  const { customer } = subscription;
  const now = nowOf(world, customer);
  const pending = world.pendingLines.get(subscription.id) ?? [];
  world.pendingLines.delete(subscription.id);
  const id = mint("in");
  const invoice = blank<Invoice>("invoice", {
    id,
    object: "invoice",
    created: now,
    metadata: {},
    customer,
    status: "draft",
    billing_reason: reason,
    currency: subscription.currency,
    lines: { object: "list", data: [...pending, ...lines], has_more: false, url: `/v1/invoices/${id}/lines` },
    period_start: period.start,
    period_end: period.end,
    subtotal: 0,
    total: 0,
    amount_due: 0,
    amount_paid: 0,
    amount_remaining: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatically_finalizes_at: now + DRAFT_SECONDS,
    next_payment_attempt: null,
    number: null,
    hosted_invoice_url: null,
    total_pretax_credit_amounts: null,
    status_transitions: { finalized_at: null, paid_at: null, voided_at: null, marked_uncollectible_at: null },
    parent: {
      type: "subscription_details",
      quote_details: null,
      subscription_details: { subscription: subscription.id, metadata: subscription.metadata },
    },
    test_clock: subscription.test_clock,
  });
  invoice.collection_method = "charge_automatically";
  total(invoice);
  world.invoices.set(id, invoice);
  subscription.latest_invoice = id;
  emit(world, "invoice.created", invoice);
  return invoice;
}

/** What an item costs from now to the end of its period, in advance; a metered one costs nothing yet. */
export function lineAhead(item: Item): Line[] {
  if (item.price.recurring?.usage_type === "metered") return [];
  const quantity = item.quantity ?? 1;
  const period = { start: item.current_period_start, end: item.current_period_end };
  const amount = centsOf(item.price.unit_amount_decimal, BigInt(quantity));
  return [makeLine({ item, amount, quantity, period, description: `${quantity} × ${item.price.product}` })];
}

/** The line of what was used in a period that is over, to be counted later. */
export function lineBehind(item: Item, period: { start: number; end: number }): Line[] {
  if (item.price.recurring?.usage_type !== "metered") return [];
  return [makeLine({ item, amount: 0, quantity: 0, period, description: `Usage of ${item.price.product}` })];
}

/** Counts the usage of a draft's metered lines as it is known now. */
export function countUsage(world: World, invoice: Invoice): void {
  for (const line of invoice.lines.data) {
    const price = world.prices.get(line.pricing.price_details.price);
    const meter = price?.recurring?.meter;
    if (price === undefined || typeof meter !== "string") continue;
    const used = usedBetween(world, { meter, customer: invoice.customer, ...line.period });
    const quantity = used < 0n ? 0n : used;
    line.quantity = Number(quantity);
    line.amount = centsOf(price.unit_amount_decimal, quantity);
    line.subtotal = line.amount;
  }
  total(invoice);
}

export function total(invoice: Invoice): void {
  invoice.subtotal = invoice.lines.data.reduce((sum, { amount }) => sum + amount, 0);
  const credits = (invoice.total_pretax_credit_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  invoice.total = invoice.subtotal - credits;
  // Below zero is owed to the customer: it goes to the balance when the invoice is finalized.
  invoice.amount_due = Math.max(0, invoice.total);
  invoice.amount_remaining = invoice.status === "paid" ? 0 : invoice.amount_due;
}
