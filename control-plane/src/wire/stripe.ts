import { DEFAULT_SALES_PLANS } from "@aicd/core";
import { Stripe } from "stripe";
import type { Billing } from "../billing/billing.ts";
import type { Env } from "../env.ts";

/** Stripe is asked within jobs and rounds, which try again by themselves. */
const TIMEOUT_MS = 20_000;
const RETRIES = 2;

/** The client is of the version that its package pins; another is a change of the package. */
export function openBilling(env: Env): Billing | undefined {
  const {
    STRIPE_SECRET_KEY: key,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_BASE: base,
    PLANS_PATH: plans,
  } = env;
  if (key === undefined || webhookSecret === undefined) {
    return plans === undefined ? undefined : { plans, stripe: undefined };
  }
  const client = openStripe(key.reveal(), base);
  return { plans: plans ?? DEFAULT_SALES_PLANS, stripe: { client, webhookSecret } };
}

/** @param maxNetworkRetries of the client itself, with the same idempotency key */
export function openStripe(key: string, base: string | undefined, maxNetworkRetries = RETRIES): Stripe {
  const common = { timeout: TIMEOUT_MS, maxNetworkRetries, telemetry: false };
  if (base === undefined) return new Stripe(key, common);
  const { hostname, port, protocol } = new URL(base);
  const scheme = protocol === "http:" ? "http" : "https";
  return new Stripe(key, { ...common, host: hostname, protocol: scheme, ...(port === "" ? {} : { port }) });
}
