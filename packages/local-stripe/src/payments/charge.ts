import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import type { Charge, Invoice } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";

/** Takes an invoice's money from a card. @returns false: it was declined, or there is none */
export function charge(world: World, invoice: Invoice, preferred: string | null): boolean {
  const customer = world.customers.get(invoice.customer);
  const method = preferred ?? customer?.invoice_settings.default_payment_method ?? null;
  if (method === null) return false;
  const declined = world.declining.has(method) || !world.paymentMethods.has(method);
  const made = blank<Charge>("charge", {
    id: mint("ch"),
    object: "charge",
    created: nowOf(world, invoice.customer),
    metadata: {},
    amount: invoice.amount_due,
    amount_captured: declined ? 0 : invoice.amount_due,
    amount_refunded: 0,
    captured: !declined,
    currency: invoice.currency,
    customer: invoice.customer,
    disputed: false,
    paid: !declined,
    refunded: false,
    payment_intent: mint("pi"),
    payment_method: method,
    status: declined ? "failed" : "succeeded",
    failure_code: declined ? "card_declined" : null,
    failure_message: declined ? "Your card was declined." : null,
  });
  world.charges.set(made.id, made);
  world.chargeOf.set(made.id, invoice.id);
  emit(world, declined ? "charge.failed" : "charge.succeeded", made);
  return !declined;
}
