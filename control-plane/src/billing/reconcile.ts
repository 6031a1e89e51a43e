import { hoursOf, listCustomers, refreshEntitlement, type SubscriptionRow, sumMetered } from "@aicd/db";
import { Stripe } from "stripe";
import { type BillingDeps, stripeOf } from "./billing.ts";
import { meterOf } from "./report-usage.ts";
import { flatItem } from "./sync-stripe.ts";

/** Something that the ledger and a seller say differently. */
export type BillingDifference = { tenantId: string; what: string; ours: string; theirs: string };

/** Stripe takes events of 35 days; older hours cannot change any more. */
const WINDOW_MS = 35 * 86_400_000;
const HOUR = 3_600;

/** Every difference between the ledger, what was reported of it, and Stripe. Changes nothing at Stripe. */
export async function reconcileStripe(deps: BillingDeps): Promise<BillingDifference[]> {
  const stripe = stripeOf(deps);
  const meter = await meterOf(deps, stripe);
  const found: BillingDifference[] = [];
  for (const row of await listCustomers(deps.db.system, "stripe")) {
    found.push(...(await ofLedger(deps, row)));
    found.push(...(await ofMeter(deps, stripe, { row, meter })));
    found.push(...(await ofSubscription(stripe, row)));
  }
  return found;
}

async function ofLedger(deps: BillingDeps, { tenantId }: SubscriptionRow): Promise<BillingDifference[]> {
  const { ledgerMicroUsd, owedMicroUsd, sentMicroUsd } = await sumMetered(deps.db.system, tenantId);
  const events = owedMicroUsd + sentMicroUsd;
  const differences: BillingDifference[] = [];
  if (ledgerMicroUsd !== events) {
    differences.push({
      tenantId,
      what: "billable usage and its meter events",
      ours: micro(ledgerMicroUsd),
      theirs: micro(events),
    });
  }
  if (owedMicroUsd !== 0) {
    differences.push({
      tenantId,
      what: "usage that is not reported yet",
      ours: micro(owedMicroUsd),
      theirs: micro(0),
    });
  }
  return differences;
}

async function ofMeter(
  deps: BillingDeps,
  stripe: Stripe,
  { row: { tenantId, customerId }, meter }: { row: SubscriptionRow; meter: string },
): Promise<BillingDifference[]> {
  const now = Math.floor(deps.now() / 1_000 / HOUR) * HOUR;
  const from = now - WINDOW_MS / 1_000;
  const ours = await hoursOf(deps.db.system, tenantId, new Date(from * 1_000));
  const theirs = new Map<number, number>();
  for await (const { start_time: start, aggregated_value: value } of stripe.billing.meters.listEventSummaries(
    meter,
    {
      customer: customerId,
      start_time: from,
      end_time: now + 2 * HOUR,
      value_grouping_window: "hour",
      limit: 100,
    },
  )) {
    theirs.set(start, value);
  }
  const differences: BillingDifference[] = [];
  for (const start of new Set([...ours.keys(), ...theirs.keys()])) {
    const [sent, counted] = [ours.get(start)?.sentMicroUsd ?? 0, theirs.get(start) ?? 0];
    if (sent === counted) continue;
    const hour = new Date(start * 1_000).toISOString().slice(0, 13);
    differences.push({
      tenantId,
      what: `usage reported as of ${hour} h`,
      ours: micro(sent),
      theirs: micro(counted),
    });
  }
  return differences;
}

async function ofSubscription(stripe: Stripe, row: SubscriptionRow): Promise<BillingDifference[]> {
  const { tenantId, externalId } = row;
  if (externalId === null) return [];
  const theirs = await subscriptionAt(stripe, externalId);
  if (theirs === undefined) {
    return [{ tenantId, what: "subscription", ours: externalId, theirs: "none of that name" }];
  }
  const item = flatItem(theirs);
  const pairs: [string, string, string][] = [
    ["plan", row.plan, item?.price.metadata.plan ?? "none"],
    ["seats", String(row.seats), String(item?.quantity ?? 1)],
    [
      "end of the period",
      row.periodEnd.toISOString(),
      new Date((item?.current_period_end ?? 0) * 1_000).toISOString(),
    ],
    ["state", row.state, theirs.status === "canceled" ? "ended" : theirs.status],
  ];
  return pairs
    .filter(([, ours, said]) => ours !== said)
    .map(([what, ours, said]) => ({ tenantId, what, ours, theirs: said }));
}

async function subscriptionAt(stripe: Stripe, id: string): Promise<Stripe.Subscription | undefined> {
  try {
    return await stripe.subscriptions.retrieve(id);
  } catch (error) {
    // That it is not there is the difference; anything else is for whoever asked.
    if (error instanceof Stripe.errors.StripeError && error.code === "resource_missing") return undefined;
    throw error;
  }
}

function micro(value: number): string {
  return `${value} millionths of a dollar`;
}

/** Round of an hour: periods begin, graces end, and what the events did not tell is asked. */
export async function refreshEntitlements(deps: BillingDeps): Promise<void> {
  for (const { tenantId } of [
    ...(await listCustomers(deps.db.system, "stripe")),
    ...(await listCustomers(deps.db.system, "marketplace")),
  ]) {
    await deps.db.withTenant({ tenantId }, (tx) => refreshEntitlement(tx, deps.billing.plans, deps.now()));
  }
}
