import { living } from "../catalog/customers.ts";
import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { type Call, find, list, type Routes } from "../http/call.ts";
import { invalid } from "../http/errors.ts";
import { priceOf } from "../subscriptions/create.ts";
import { centsOf } from "../world/cents.ts";
import type { PortalSession, Session } from "../world/types.ts";
import { mint, nowOf } from "../world/world.ts";

const DAY = 86_400;

export const sessionRoutes: Routes = {
  "post /v1/checkout/sessions": checkout,
  "get /v1/checkout/sessions/{session}": ({ world, id }) => find(world.sessions, "checkout session", id),
  "post /v1/checkout/sessions/{session}/expire": ({ world, id }) => {
    const session = find(world.sessions, "checkout session", id);
    if (session.status !== "open")
      throw invalid("session", `Only Checkout Sessions with a status in ["open"] can be expired.`);
    session.status = "expired";
    session.url = null;
    emit(world, "checkout.session.expired", session);
    return session;
  },
  "post /v1/billing_portal/configurations": ({ world, asked }) => {
    const configuration = blank("billing_portal.configuration", {
      id: mint("bpc"),
      object: "billing_portal.configuration",
      created: world.clock(),
      updated: world.clock(),
      active: true,
      is_default: world.configurations.size === 0,
      metadata: asked.metadata ?? {},
    });
    configuration.features = mergedInto(configuration.features, withQuantities(asked.features ?? {}));
    world.configurations.set(configuration.id, configuration);
    return configuration;
  },
  "get /v1/billing_portal/configurations": (call) => list(call, call.world.configurations.values()),
  "post /v1/billing_portal/sessions": portal,
};

/** A product whose quantity nobody may change says so. */
function withQuantities(features: { subscription_update?: { products?: object[] } }): object {
  const { subscription_update: update } = features;
  if (update?.products === undefined) return features;
  const products = update.products.map((product) => ({
    adjustable_quantity: { enabled: false, minimum: 1, maximum: null },
    ...product,
  }));
  return { ...features, subscription_update: { ...update, products } };
}

/** What is asked, within what is always there. */
function mergedInto(empty: unknown, asked: unknown): unknown {
  if (typeof empty !== "object" || empty === null || Array.isArray(empty)) return asked ?? empty;
  if (typeof asked !== "object" || asked === null) return empty;
  const both = { ...empty, ...asked } as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(both).map((key) => [key, mergedInto(Reflect.get(empty, key), Reflect.get(asked, key))]),
  );
}

function checkout({ world, asked }: Call): Session {
  if (asked.mode !== "subscription") throw invalid("mode", "This local Stripe sells subscriptions.");
  if (asked.success_url === undefined)
    throw invalid("success_url", "A page to return to is needed.", "parameter_missing");
  if (asked.customer !== undefined) living(world, asked.customer);
  const items = (asked.line_items ?? []) as { price: string; quantity?: number }[];
  if (items.length === 0)
    throw invalid("line_items", "A Checkout Session needs at least one line item.", "parameter_missing");
  let total = 0;
  for (const [index, { price: id, quantity }] of items.entries()) {
    const price = priceOf(world, id, `line_items[${index}][price]`);
    const metered = price.recurring?.usage_type === "metered";
    if (metered && quantity !== undefined)
      throw invalid(`line_items[${index}][quantity]`, "Metered prices take no quantity.");
    if (!metered && quantity === undefined)
      throw invalid(`line_items[${index}][quantity]`, "Quantity is required.");
    if (!metered) total += centsOf(price.unit_amount_decimal, BigInt(quantity ?? 1));
  }
  const now = nowOf(world, asked.customer ?? null);
  const id = mint("cs_test");
  const session = blank<Session>("checkout.session", {
    id,
    object: "checkout.session",
    created: now,
    metadata: asked.metadata ?? {},
    customer: asked.customer ?? null,
    client_reference_id: asked.client_reference_id ?? null,
    mode: "subscription",
    status: "open",
    payment_status: "unpaid",
    subscription: null,
    invoice: null,
    success_url: asked.success_url,
    cancel_url: asked.cancel_url ?? null,
    expires_at: asked.expires_at ?? now + DAY,
    url: `${world.url}/c/pay/${id}`,
    currency: "usd",
    amount_total: total,
    amount_subtotal: total,
  });
  session.payment_method_types = ["card"];
  world.sessions.set(id, session);
  world.carts.set(id, {
    items,
    trialDays: asked.subscription_data?.trial_period_days,
    metadata: asked.subscription_data?.metadata ?? {},
  });
  return session;
}

function portal({ world, asked }: Call): PortalSession {
  living(world, asked.customer);
  const configuration =
    asked.configuration ??
    [...world.configurations.values()].find(({ is_default: isDefault }) => isDefault)?.id;
  if (configuration === undefined) {
    throw invalid(
      "configuration",
      "You can't create a portal session until you save your customer portal settings or pass a configuration.",
    );
  }
  find(world.configurations, "configuration", configuration, "configuration");
  const id = mint("bps");
  const session = blank<PortalSession>("billing_portal.session", {
    id,
    object: "billing_portal.session",
    created: world.clock(),
    customer: asked.customer,
    configuration,
    return_url: asked.return_url ?? null,
    url: `${world.url}/p/session/${id}`,
  });
  world.portals.set(id, session);
  return session;
}
