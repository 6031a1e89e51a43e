import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { missing } from "../http/errors.ts";
import type { PaymentMethod } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";

/** Test cards of docs.stripe.com/testing: their last digits, and whether charges are declined. */
const CARDS: Record<string, { last4: string; declines: boolean }> = {
  pm_card_visa: { last4: "4242", declines: false },
  pm_card_mastercard: { last4: "4444", declines: false },
  pm_card_chargeCustomerFail: { last4: "0341", declines: true },
  pm_card_chargeDeclined: { last4: "0002", declines: true },
};

/** A test card, or a method that was made before, becomes a customer's. */
export function attach(world: World, name: string, customer: string): PaymentMethod {
  const known = world.paymentMethods.get(name);
  const card = CARDS[name];
  if (known === undefined && card === undefined) throw missing("PaymentMethod", name, "payment_method");
  const method = known ?? makeMethod(world, card ?? { last4: "4242", declines: false }, customer);
  method.customer = customer;
  emit(world, "payment_method.attached", method);
  return method;
}

function makeMethod(
  world: World,
  card: { last4: string; declines: boolean },
  customer: string,
): PaymentMethod {
  const method = blank<PaymentMethod>("payment_method", {
    id: mint("pm"),
    object: "payment_method",
    created: nowOf(world, customer),
    metadata: {},
    type: "card",
    customer,
    card: {
      ...blank("payment_method_card", {}),
      brand: "visa",
      last4: card.last4,
      exp_month: 12,
      exp_year: 2040,
    },
  });
  world.paymentMethods.set(method.id, method);
  if (card.declines) world.declining.add(method.id);
  return method;
}

/** The card a person types into a page becomes the one that pays. */
export function useCard(world: World, customerId: string, name: string): PaymentMethod {
  const method = attach(world, name, customerId);
  const customer = world.customers.get(customerId);
  if (customer !== undefined) {
    customer.invoice_settings.default_payment_method = method.id;
    emit(world, "customer.updated", customer);
  }
  for (const each of world.subscriptions.values()) {
    if (each.customer === customerId && each.ended_at === null) each.default_payment_method = method.id;
  }
  return method;
}
