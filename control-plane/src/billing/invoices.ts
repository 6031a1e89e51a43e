import { findSubscriptions, type Scope } from "@aicd/db";
import type { BillingDeps } from "./billing.ts";

export type InvoiceLine = {
  number: string | null;
  status: string;
  totalCents: number;
  createdAt: string;
  url: string | null;
};

/** The newest invoices of Stripe's, as they are there now; none where nothing is sold by it. */
export async function listInvoices(deps: BillingDeps, scope: Scope): Promise<InvoiceLine[]> {
  const { stripe } = deps.billing;
  const sold = await deps.db.withTenant(scope, findSubscriptions);
  const customer = sold.find(({ seller }) => seller === "stripe")?.customerId;
  if (stripe === undefined || customer === undefined) return [];
  const { data } = await stripe.client.invoices.list({ customer, limit: 24 });
  return data.map(({ number, status, total, created, hosted_invoice_url: url }) => ({
    number,
    status: status ?? "draft",
    totalCents: total,
    createdAt: new Date(created * 1_000).toISOString(),
    url: url ?? null,
  }));
}
