import { AicdError, type SalesPlans } from "@aicd/core";
import type { Secret } from "@aicd/ops";
import type { Stripe } from "stripe";
import type { Deps } from "../deps.ts";

/** How this server sells; without it everything is given and nothing is counted against a plan. */
export type Billing = {
  plans: SalesPlans;
  /** Undefined: only GitHub Marketplace sells, or nobody. */
  stripe: { client: Stripe; webhookSecret: Secret } | undefined;
};
export type BillingDeps = Pick<Deps, "db" | "log" | "now"> & { billing: Billing };

/** The meter counts millionths of a dollar. */
export const METER_EVENT = "aicd_micro_usd";
/** A ten-thousandth of a cent for each, so that Stripe's one rounding, of an invoice line, is the only one. */
export const CENTS_PER_UNIT = "0.0001";
export const MICRO_PER_CENT = 10_000;

/** @throws AicdError `missing` where nothing is sold by Stripe */
export function stripeOf({ billing }: Pick<BillingDeps, "billing">): Stripe {
  if (billing.stripe === undefined) {
    throw new AicdError("missing", "This server sells nothing by Stripe: STRIPE_SECRET_KEY is not set.");
  }
  return billing.stripe.client;
}
