import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { type Call, find, list, merged, type Routes } from "../http/call.ts";
import { missing } from "../http/errors.ts";
import { attach } from "../payments/methods.ts";
import { endSubscription } from "../subscriptions/status.ts";
import type { Customer } from "../world/types.ts";
import { mint, type World } from "../world/world.ts";

export const customerRoutes: Routes = {
  "post /v1/customers": create,
  "get /v1/customers": (call) =>
    list(
      call,
      [...call.world.customers.values()].filter(
        ({ deleted, email, test_clock: clock }) =>
          !deleted &&
          (call.asked.email === undefined || email === call.asked.email) &&
          (call.asked.test_clock === undefined || clock === call.asked.test_clock),
      ),
    ),
  "get /v1/customers/{customer}": ({ world, id }) => {
    const customer = find(world.customers, "customer", id);
    return customer.deleted ? { id, object: "customer", deleted: true } : customer;
  },
  "post /v1/customers/{customer}": update,
  "delete /v1/customers/{customer}": ({ world, id }) => {
    const customer = find(world.customers, "customer", id);
    if (customer.deleted) throw missing("customer", id);
    for (const each of world.subscriptions.values()) {
      if (each.customer === id && each.ended_at === null) endSubscription(world, each);
    }
    customer.deleted = true;
    emit(world, "customer.deleted", customer);
    return { id, object: "customer", deleted: true };
  },
  "get /v1/customers/{customer}/payment_methods": (call) =>
    list(
      call,
      [...call.world.paymentMethods.values()].filter(({ customer }) => customer === call.id),
    ),
  "get /v1/payment_methods/{payment_method}": ({ world, id }) =>
    find(world.paymentMethods, "PaymentMethod", id),
  "post /v1/payment_methods/{payment_method}/attach": ({ world, id, asked }) => {
    living(world, asked.customer);
    return attach(world, id, asked.customer);
  },
  "post /v1/payment_methods/{payment_method}/detach": ({ world, id }) => {
    const method = find(world.paymentMethods, "PaymentMethod", id);
    method.customer = null;
    emit(world, "payment_method.detached", method);
    return method;
  },
};

/** @throws StripeError when there is no such customer, or it was deleted */
export function living(world: World, id: string): Customer {
  const customer = world.customers.get(id);
  if (customer === undefined || customer.deleted) throw missing("customer", id, "customer");
  return customer;
}

function create({ world, asked }: Call): Customer {
  const clock =
    asked.test_clock === undefined ? undefined : find(world.clocks, "test clock", asked.test_clock);
  const customer = blank<Customer>("customer", {
    id: mint("cus"),
    object: "customer",
    created: clock?.frozen_time ?? world.clock(),
    metadata: asked.metadata ?? {},
    name: asked.name ?? null,
    email: asked.email ?? null,
    balance: asked.balance ?? 0,
    test_clock: asked.test_clock ?? null,
    invoice_settings: { ...blank("invoice_setting_customer_setting", {}), default_payment_method: null },
  });
  world.customers.set(customer.id, customer);
  if (asked.payment_method !== undefined) {
    const method = attach(world, asked.payment_method, customer.id);
    if (asked.invoice_settings?.default_payment_method !== undefined)
      customer.invoice_settings.default_payment_method = method.id;
  }
  emit(world, "customer.created", customer);
  return customer;
}

function update({ world, id, asked }: Call): Customer {
  const customer = living(world, id);
  const { metadata, invoice_settings: settings, name, email } = asked;
  customer.metadata = merged(customer.metadata, metadata);
  if (name !== undefined) customer.name = name;
  if (email !== undefined) customer.email = email;
  const chosen = settings?.default_payment_method;
  if (chosen !== undefined) {
    const method = find(
      world.paymentMethods,
      "PaymentMethod",
      chosen,
      "invoice_settings[default_payment_method]",
    );
    customer.invoice_settings.default_payment_method = method.id;
  }
  emit(world, "customer.updated", customer);
  return customer;
}
