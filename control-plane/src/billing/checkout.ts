import { AicdError } from "@aicd/core";
import {
  findSubscriptions,
  putSubscription,
  type Scope,
  type SubscriptionRow,
  type TenantTx,
} from "@aicd/db";
import type { Stripe } from "stripe";
import { type BillingDeps, stripeOf } from "./billing.ts";
import { ensureCatalog } from "./catalog.ts";

/**
 * A page of Stripe's on which a plan is bought.
 * @throws AicdError `invalid` for a plan that is not sold, `conflict` where one is bought already
 */
export async function openCheckout(
  deps: BillingDeps,
  scope: Scope,
  asked: { plan: string; seats: number; returnUrl: string },
): Promise<string> {
  const stripe = stripeOf(deps);
  const plan = deps.billing.plans.get(asked.plan);
  const catalog = await ensureCatalog(stripe, deps.billing.plans);
  const price = catalog.plans.get(asked.plan);
  if (plan === undefined || price === undefined) {
    throw new AicdError(
      "invalid",
      `There is no plan ${asked.plan} to buy. Choose one of ${[...catalog.plans.keys()].join(", ")}.`,
    );
  }
  const { customerId, state } = await customerOf(deps, scope);
  if (state !== "ended") {
    throw new AicdError("conflict", "A plan is bought already. Change or cancel it in the customer portal.");
  }
  const metadata = { tenant: scope.tenantId, overage: "off" };
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    customer: customerId,
    client_reference_id: scope.tenantId,
    success_url: asked.returnUrl,
    cancel_url: asked.returnUrl,
    line_items: [{ price, quantity: plan.perSeat ? asked.seats : 1 }, { price: catalog.usage }],
    subscription_data: { metadata, ...(plan.trialDays > 0 ? { trial_period_days: plan.trialDays } : {}) },
  });
  if (session.url === null) throw new AicdError("unavailable", "Stripe gave no page to pay on. Try again.");
  return session.url;
}

/** A page of Stripe's on which the plan and the card are changed, and invoices are read. */
export async function openPortal(deps: BillingDeps, scope: Scope, returnUrl: string): Promise<string> {
  const stripe = stripeOf(deps);
  const { customerId: customer } = await customerOf(deps, scope);
  const configuration = await portalConfiguration(stripe, deps);
  return (await stripe.billingPortal.sessions.create({ customer, configuration, return_url: returnUrl })).url;
}

/** Switches on, or off, that what goes beyond the plan is billed. */
export async function setOverage(deps: BillingDeps, scope: Scope, overage: "on" | "off"): Promise<void> {
  const { externalId, plan, state } = await customerOf(deps, scope);
  if (externalId === null || state === "ended") {
    throw new AicdError(
      "conflict",
      "Usage beyond a plan is billed to a plan that was bought by Stripe. Buy one first.",
    );
  }
  if (overage === "on" && deps.billing.plans.get(plan)?.overage !== true) {
    throw new AicdError("conflict", `The plan ${plan} has no usage beyond what it includes.`);
  }
  await stripeOf(deps).subscriptions.update(externalId, { metadata: { overage } });
}

/** The tenant's customer at Stripe, made when there is none. Whoever asks at the same time gets the same. */
async function customerOf(deps: BillingDeps, scope: Scope): Promise<SubscriptionRow> {
  return deps.db.withTenant(scope, async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(hashtext('stripe:' || $1))", [scope.tenantId]);
    const known = await findAtStripe(tx);
    if (
      known !== undefined &&
      (known.state !== "ended" || !(await isDeleted(stripeOf(deps), known.customerId)))
    )
      return known;
    const { id } = await stripeOf(deps).customers.create(
      { metadata: { tenant: scope.tenantId } },
      { idempotencyKey: `customer:${scope.tenantId}:${known?.customerId ?? "first"}` },
    );
    const now = new Date(deps.now());
    await putSubscription(tx, {
      seller: "stripe",
      customerId: id,
      externalId: null,
      plan: "free",
      state: "ended",
      seats: 1,
      overage: false,
      periodStart: now,
      periodEnd: now,
      pastDueSince: null,
      pending: null,
    });
    return (await findAtStripe(tx)) as SubscriptionRow;
  });
}

async function findAtStripe(tx: TenantTx): Promise<SubscriptionRow | undefined> {
  return (await findSubscriptions(tx)).find(({ seller }) => seller === "stripe");
}

async function isDeleted(stripe: Stripe, customer: string): Promise<boolean> {
  return (await stripe.customers.retrieve(customer)).deleted === true;
}

async function portalConfiguration(stripe: Stripe, { billing }: BillingDeps): Promise<string> {
  const catalog = await ensureCatalog(stripe, billing.plans);
  const prices = [...catalog.plans.values()];
  const name = prices.join(" ").slice(0, 500);
  for await (const each of stripe.billingPortal.configurations.list({ limit: 100 })) {
    if (each.metadata?.prices === name) return each.id;
  }
  const products = [...catalog.plans].map(([plan, price]) => ({ product: `aicd-${plan}`, prices: [price] }));
  const made = await stripe.billingPortal.configurations.create({
    metadata: { prices: name },
    features: {
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true, mode: "at_period_end" },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price", "quantity"],
        proration_behavior: "always_invoice",
        products,
      },
    },
  });
  return made.id;
}
