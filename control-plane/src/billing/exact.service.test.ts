import type { UsageId } from "@aicd/core";
import { createTestDatabase } from "@aicd/db/testing";
import { type FaultRule, sign } from "@aicd/local-stripe";
import fc from "fast-check";
import { expect, it } from "vitest";
import { reconcileStripe, refreshEntitlements } from "./reconcile.ts";
import { reportUsage } from "./report-usage.ts";
import { DAY_MS, openShop, type Shop } from "./testing/shop.ts";

/**
 * Rounding, stated once: the ledger and the meter count millionths of a dollar as integers. The one rounding of money
 * is Stripe's, of the amount of an invoice line to whole cents.
 */
const database = await createTestDatabase();
// biome-ignore lint/suspicious/noUndeclaredEnvVars: the deep tier's; `npm test` plays a few
const HISTORIES = Number(process.env.AICD_HISTORIES ?? 4);
const HOUR_MS = 3_600_000;

const kinds = fc.constantFrom<FaultRule["kind"]>("refuse", "lose", "fail-after", "limit");
const Step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("use" as const),
      microUsd: fc.integer({ min: 1, max: 3_000_000 }),
      estimated: fc.boolean(),
      ownKey: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("correct" as const),
      which: fc.nat(50),
      microUsd: fc.nat(2_000_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("excuse" as const), which: fc.nat(50) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("report" as const),
      kind: kinds,
      skip: fc.nat(3),
      times: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 4 * DAY_MS }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("change" as const), plan: fc.constantFrom("team", "business") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("overage" as const), overage: fc.constantFrom("on", "off") }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sync" as const), kind: kinds }) },
);
type Step = typeof Step extends fc.Arbitrary<infer S> ? S : never;

it("what Stripe bills is what the ledger says is billable, to the millionth, whatever gets lost between them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const shop = await openShop(database, Date.UTC(2026, 0, 31, 12));
      try {
        await shop.buy("team");
        const calls: UsageId[] = [];
        for (const step of steps) await take(shop, calls, step);
        await settle(shop);
        await compare(shop);
      } finally {
        await shop.close();
      }
    }),
    { numRuns: HISTORIES },
  );
});

async function take(shop: Shop, calls: UsageId[], step: Step): Promise<void> {
  const change = (which: number, set: string, value: unknown) =>
    shop.db.withTenant(shop, (tx) =>
      tx.query(`UPDATE usage SET ${set} WHERE tenant_id = $1 AND id = $2`, [
        shop.tenantId,
        calls[which % calls.length] ?? "none",
        value,
      ]),
    );
  if (step.do === "use") calls.push(await shop.use(step.microUsd, step));
  else if (step.do === "correct") await change(step.which, "micro_usd = $3", step.microUsd);
  else if (step.do === "excuse") await change(step.which, "excused = $3", "runner_lost");
  else if (step.do === "wait") await goTo(shop, shop.clock.now + step.ms);
  else if (step.do === "report") {
    shop.local.faults.set({
      of: "POST /v1/billing/meter_events",
      kind: step.kind,
      skip: step.skip,
      times: step.times,
    });
    await reportUsage(shop.deps);
    shop.local.faults.clear();
  } else if (step.do === "sync") {
    shop.local.faults.set({ of: "credit_grants", kind: step.kind });
    // A job that fails is done again; here by the next step that looks.
    await shop.sync().catch(() => undefined);
    shop.local.faults.clear();
  } else await changeSubscription(shop, step);
}

async function changeSubscription(
  shop: Shop,
  step: Extract<Step, { do: "change" | "overage" }>,
): Promise<void> {
  const client = clientOf(shop);
  const [subscription] = (await client.subscriptions.list({ limit: 1 })).data;
  const item = subscription?.items.data.find(({ price }) => price.recurring?.usage_type === "licensed");
  if (subscription === undefined || item === undefined) return;
  if (step.do === "overage") {
    await client.subscriptions.update(subscription.id, { metadata: { overage: step.overage } });
  } else {
    const price = (await client.prices.list({ limit: 100 })).data.find(
      ({ metadata }) => metadata.plan === step.plan,
    );
    await client.subscriptions.update(subscription.id, { items: [{ id: item.id, price: price?.id ?? "" }] });
  }
  await shop.sync();
}

/** Time goes on in hours, as the rounds of the server do: the period's end is seen, and reported to, in its hour. */
async function goTo(shop: Shop, until: number): Promise<void> {
  const end = (await shop.db.withTenant(shop, (tx) => tx.query("SELECT period_end FROM entitlements")))
    .rows[0]?.period_end;
  if (end instanceof Date && end.getTime() < until) {
    shop.clock.now = end.getTime() + 60_000;
    await shop.sync().catch(() => undefined);
  }
  shop.clock.now = until;
  await clientOf(shop).products.list({ limit: 1 });
  await shop.sync().catch(() => undefined);
}

/** Everything heals, and the last period ends. */
async function settle(shop: Shop): Promise<void> {
  shop.local.faults.clear();
  await reportUsage(shop.deps);
  await goTo(shop, shop.clock.now + HOUR_MS);
  await refreshEntitlements(shop.deps);
  await reportUsage(shop.deps);
  await goTo(shop, shop.clock.now + 32 * DAY_MS);
}

async function compare(shop: Shop): Promise<void> {
  const { rows } = await database.pool.query(
    `SELECT (SELECT coalesce(sum(billable_micro_usd), 0)::int FROM usage WHERE tenant_id = $1 AND unbilled_reason IS DISTINCT FROM 'not_sold') AS ledger,
       (SELECT coalesce(sum(micro_usd), 0)::int FROM meter_events WHERE tenant_id = $1 AND sent_at IS NOT NULL) AS sent,
       (SELECT coalesce(sum(micro_usd), 0)::int FROM meter_events WHERE tenant_id = $1 AND sent_at IS NULL) AS owed`,
    [shop.tenantId],
  );
  const [{ ledger, sent, owed }] = rows;
  const counted = shop.local.meterEvents.reduce((sum, { value }) => sum + Number(value), 0);
  const lines = shop.local.invoices
    .filter(({ status }) => status !== "draft")
    .flatMap(({ lines: { data } }) => data.filter(({ pricing }) => pricing.unit_amount_decimal === "0.0001"));
  const invoiced = lines.reduce((sum, { quantity }) => sum + quantity, 0);

  expect({ counted, invoiced, ledger }).toEqual({ counted: sent, invoiced: sent, ledger: sent + owed });
  // What nobody could take it back from yet is owed to the customer, and named.
  expect(owed).toBeLessThanOrEqual(0);
  for (const { quantity, amount } of lines) expect(amount).toBe(Math.round(quantity / 10_000));
  const differences = await reconcileStripe(shop.deps);
  expect(differences.filter(({ what }) => what !== "usage that is not reported yet")).toEqual([]);
}

function clientOf(shop: Shop) {
  const { stripe } = shop.deps.billing;
  if (stripe === undefined) throw new Error("no Stripe");
  return stripe.client;
}

it("a signature is of the bytes", () => {
  expect(sign("{}", "whsec_a", 1)).not.toBe(sign("{ }", "whsec_a", 1));
});
