import type { SalesPlan, SalesPlans } from "@aicd/core";
import { Stripe } from "stripe";
import { CENTS_PER_UNIT, METER_EVENT } from "./billing.ts";

/** Price ids by plan, and that of usage. */
export type Catalog = { plans: Map<string, string>; usage: string; made: string[]; found: string[] };

const PRODUCT = "aicd";

/**
 * Products, prices and the meter as the plans want them: what is there is found by its name, what is missing is made.
 * A price never changes: another amount has another name, and whoever bought the old one keeps it.
 */
export async function ensureCatalog(stripe: Stripe, plans: SalesPlans): Promise<Catalog> {
  const catalog: Catalog = { plans: new Map(), usage: "", made: [], found: [] };
  const meter = await ensureMeter(stripe, catalog);
  for (const [name, plan] of plans) {
    if (plan.monthlyUsd === 0) continue;
    const product = await ensureProduct(stripe, catalog, { id: `${PRODUCT}-${name}`, title: plan.title });
    const price = await ensurePrice(stripe, catalog, {
      key: `${PRODUCT}-${name}-${centsOf(plan)}${plan.perSeat ? "-seat" : ""}`,
      product,
      metadata: { plan: name },
      amount: { unit_amount: centsOf(plan) },
    });
    catalog.plans.set(name, price);
  }
  const product = await ensureProduct(stripe, catalog, { id: `${PRODUCT}-usage`, title: "Model calls" });
  catalog.usage = await ensurePrice(stripe, catalog, {
    key: `${PRODUCT}-usage`,
    product,
    metadata: { usage: "micro_usd" },
    amount: { unit_amount_decimal: Stripe.Decimal.from(CENTS_PER_UNIT) },
    recurring: { usage_type: "metered", meter },
  });
  return catalog;
}

function centsOf({ monthlyUsd }: SalesPlan): number {
  return Math.round(monthlyUsd * 100);
}

async function ensureMeter(stripe: Stripe, catalog: Catalog): Promise<string> {
  for await (const meter of stripe.billing.meters.list({ status: "active", limit: 100 })) {
    if (meter.event_name !== METER_EVENT) continue;
    catalog.found.push(`meter ${METER_EVENT}`);
    return meter.id;
  }
  catalog.made.push(`meter ${METER_EVENT}`);
  const meter = await stripe.billing.meters.create({
    display_name: "Model calls, in millionths of a dollar",
    event_name: METER_EVENT,
    default_aggregation: { formula: "sum" },
  });
  return meter.id;
}

async function ensureProduct(stripe: Stripe, catalog: Catalog, { id, title }: { id: string; title: string }) {
  try {
    await stripe.products.retrieve(id);
    catalog.found.push(`product ${id}`);
  } catch (error) {
    // It is not there yet; everything else is for whoever asked.
    if (!(error instanceof Stripe.errors.StripeError) || error.code !== "resource_missing") throw error;
    await stripe.products.create({ id, name: title });
    catalog.made.push(`product ${id}`);
  }
  return id;
}

async function ensurePrice(
  stripe: Stripe,
  catalog: Catalog,
  wanted: {
    key: string;
    product: string;
    metadata: Record<string, string>;
    amount: Pick<Stripe.PriceCreateParams, "unit_amount" | "unit_amount_decimal">;
    recurring?: { usage_type: "metered"; meter: string };
  },
): Promise<string> {
  const { data } = await stripe.prices.list({ lookup_keys: [wanted.key], active: true });
  if (data[0] !== undefined) {
    catalog.found.push(`price ${wanted.key}`);
    return data[0].id;
  }
  catalog.made.push(`price ${wanted.key}`);
  const { key, product, metadata, amount, recurring } = wanted;
  const made = { product, metadata, currency: "usd", lookup_key: key, ...amount };
  return (await stripe.prices.create({ ...made, recurring: { interval: "month", ...recurring } })).id;
}
