import { emit } from "../events/emit.ts";
import { invalid, StripeError } from "../http/errors.ts";
import { charge } from "../payments/charge.ts";
import { endSubscription, setStatus } from "../subscriptions/status.ts";
import { applyCredits } from "../usage/credits.ts";
import type { Invoice, Subscription } from "../world/types.ts";
import { nowOf, type World } from "../world/world.ts";
import { countUsage, total } from "./draw.ts";

/** Days after the first attempt on which a card is tried again, then never: the Dashboard's retry schedule. */
const RETRY_DAYS = [3, 5, 7] as const;
const DAY = 86_400;

/** Counts, applies credits and balance, opens; then, or at once when nothing is due, pays. */
export function finalize(world: World, invoice: Invoice): void {
  if (invoice.status !== "draft")
    throw invalid("invoice", "This invoice is already finalized.", "invoice_not_editable");
  const now = nowOf(world, invoice.customer);
  countUsage(world, invoice);
  applyCredits(world, invoice);
  total(invoice);
  useBalance(world, invoice);
  invoice.status = "open";
  invoice.number = `${invoice.customer.slice(-8).toUpperCase()}-${String(world.invoices.size).padStart(4, "0")}`;
  invoice.hosted_invoice_url = `${world.url}/i/${invoice.id}`;
  invoice.status_transitions.finalized_at = now;
  invoice.automatically_finalizes_at = null;
  emit(world, "invoice.finalized", invoice);
}

/** What a customer has to the good, or owes, from invoices below zero: docs.stripe.com/billing/customer/balance. */
function useBalance(world: World, invoice: Invoice): void {
  const customer = world.customers.get(invoice.customer);
  if (customer === undefined) return;
  invoice.starting_balance = customer.balance;
  const due = invoice.total + customer.balance;
  invoice.amount_due = Math.max(0, due);
  invoice.amount_remaining = invoice.amount_due;
  customer.balance = Math.min(0, due);
  invoice.ending_balance = customer.balance;
}

/** Tries to take the money of an open invoice. @returns whether it is paid now */
export function collect(world: World, invoice: Invoice): boolean {
  if (invoice.status === "paid")
    throw new StripeError(400, { code: "invoice_already_paid", message: "Invoice is already paid" });
  if (invoice.status !== "open") throw invalid("invoice", `A ${invoice.status} invoice cannot be paid.`);
  const now = nowOf(world, invoice.customer);
  const subscription = world.subscriptions.get(invoice.parent.subscription_details.subscription);
  if (invoice.amount_due > 0) {
    const paid = charge(world, invoice, subscription?.default_payment_method ?? null);
    invoice.attempted = true;
    invoice.attempt_count += 1;
    if (!paid) {
      fail(world, invoice, subscription);
      return false;
    }
  }
  invoice.status = "paid";
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.next_payment_attempt = null;
  invoice.status_transitions.paid_at = now;
  emit(world, "invoice.paid", invoice);
  emit(world, "invoice.payment_succeeded", invoice);
  if (subscription !== undefined && owesNothing(world, subscription)) {
    if (["past_due", "unpaid", "incomplete"].includes(subscription.status))
      setStatus(world, subscription, "active");
  }
  return true;
}

function owesNothing(world: World, { id }: Subscription): boolean {
  return ![...world.invoices.values()].some(
    (each) => each.parent.subscription_details.subscription === id && each.status === "open",
  );
}

function fail(world: World, invoice: Invoice, subscription: Subscription | undefined): void {
  const now = nowOf(world, invoice.customer);
  const days = RETRY_DAYS[invoice.attempt_count - 1];
  const first = invoice.status_transitions.finalized_at ?? now;
  invoice.next_payment_attempt = days === undefined ? null : Math.max(now + DAY, first + days * DAY);
  emit(world, "invoice.payment_failed", invoice);
  if (subscription === undefined || subscription.ended_at !== null || subscription.status === "incomplete")
    return;
  if (invoice.next_payment_attempt !== null) {
    setStatus(world, subscription, "past_due");
    return;
  }
  if (world.afterRetries === "cancel") endSubscription(world, subscription);
  else setStatus(world, subscription, world.afterRetries);
}
