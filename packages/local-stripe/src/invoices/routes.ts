import { emit } from "../events/emit.ts";
import { find, list, type Routes } from "../http/call.ts";
import { invalid, StripeError } from "../http/errors.ts";
import { refund } from "../payments/disputes.ts";
import type { Invoice } from "../world/types.ts";
import { nowOf } from "../world/world.ts";
import { collect, finalize } from "./collect.ts";

export const invoiceRoutes: Routes = {
  "get /v1/invoices": (call) => {
    const { customer, subscription, status } = call.asked;
    const fits = (each: Invoice) =>
      (customer === undefined || each.customer === customer) &&
      (status === undefined || each.status === status) &&
      (subscription === undefined || each.parent.subscription_details.subscription === subscription);
    return list(call, [...call.world.invoices.values()].filter(fits));
  },
  "get /v1/invoices/{invoice}": ({ world, id }) => find(world.invoices, "invoice", id),
  "post /v1/invoices/{invoice}/finalize": ({ world, id }) => {
    const invoice = find(world.invoices, "invoice", id);
    finalize(world, invoice);
    if (invoice.amount_due === 0) collect(world, invoice);
    return invoice;
  },
  "post /v1/invoices/{invoice}/pay": ({ world, id }) => {
    const invoice = find(world.invoices, "invoice", id);
    if (invoice.status === "draft") finalize(world, invoice);
    if (!collect(world, invoice)) {
      throw new StripeError(402, {
        type: "card_error",
        code: "card_declined",
        message: "Your card was declined.",
      });
    }
    return invoice;
  },
  "post /v1/invoices/{invoice}/void": ({ world, id }) => {
    const invoice = find(world.invoices, "invoice", id);
    if (invoice.status !== "open") throw invalid("invoice", `A ${invoice.status} invoice cannot be voided.`);
    invoice.status = "void";
    invoice.next_payment_attempt = null;
    invoice.status_transitions.voided_at = nowOf(world, invoice.customer);
    emit(world, "invoice.voided", invoice);
    return invoice;
  },
  "get /v1/charges": (call) =>
    list(
      call,
      [...call.world.charges.values()].filter(
        ({ customer }) => call.asked.customer === undefined || customer === call.asked.customer,
      ),
    ),
  "get /v1/charges/{charge}": ({ world, id }) => find(world.charges, "charge", id),
  "post /v1/refunds": ({ world, asked }) => refund(world, asked),
  "get /v1/refunds": (call) => list(call, call.world.refunds.values()),
  "get /v1/disputes": (call) => list(call, call.world.disputes.values()),
  "get /v1/disputes/{dispute}": ({ world, id }) => find(world.disputes, "dispute", id),
};
