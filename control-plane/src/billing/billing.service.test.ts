import { findEntitlement, refreshEntitlement } from "@aicd/db";
import { createTestDatabase } from "@aicd/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPortal, setOverage } from "./checkout.ts";
import { planStop } from "./plan-limits.ts";
import { reconcileStripe } from "./reconcile.ts";
import { reportUsage } from "./report-usage.ts";
import { DAY_MS, openShop, PLANS, type Shop } from "./testing/shop.ts";

const database = await createTestDatabase();
const START = Date.UTC(2026, 0, 10, 12);
let shop: Shop;

beforeAll(async () => {
  shop = await openShop(database, START);
});
afterAll(async () => {
  expect(shop.local.unexpected).toEqual([]);
  await shop.close();
});

const inTenant: Shop["db"]["withTenant"] = (scope, work) => shop.db.withTenant(scope, work);
const stop = () => inTenant(shop, planStop);
const entitlement = () => inTenant(shop, findEntitlement);
const refresh = () => inTenant(shop, (tx) => refreshEntitlement(tx, PLANS, shop.clock.now));
const billed = async () => {
  const { rows } = await database.pool.query(
    "SELECT sum(billable_micro_usd)::int AS billable, sum(metered_micro_usd)::int AS metered FROM usage WHERE tenant_id = $1",
    [shop.tenantId],
  );
  return rows[0];
};
/** What Stripe counted. */
const counted = () =>
  shop.local.meterEvents.reduce((sum, { value, cancelled }) => sum + (cancelled ? 0 : Number(value)), 0);
const goTo = async (now: number) => {
  shop.clock.now = now;
  // Whatever is asked lets everything happen that is due.
  await shop.deps.billing.stripe?.client.products.list({ limit: 1 });
  await shop.sync();
};

/** One tenant's year, in order. */
describe("a tenant", () => {
  it("has the free plan's allowance, and is stopped behind it with what to do", async () => {
    await refresh();
    await shop.use(999_999);
    expect(await stop()).toBeUndefined();
    await shop.use(5);

    expect(await billed()).toEqual({ billable: 1_000_000, metered: 0 });
    expect(await stop()).toContain("includes $1.00");
    await shop.use(50, { ownKey: true });
    expect(await billed()).toMatchObject({ billable: 1_000_000 });
  });

  it("buys a plan, and goes on", async () => {
    await shop.buy("team");

    expect(await entitlement()).toMatchObject({
      plan: "team",
      state: "active",
      includedMicroUsd: 5_000_000,
      usedMicroUsd: 0,
    });
    expect(await stop()).toBeUndefined();
  });

  it("is never billed beyond the plan unless it switches that on", async () => {
    await shop.use(4_999_000);
    await shop.use(2_000);
    expect(await billed()).toMatchObject({ metered: 5_000_000 });
    expect(await stop()).toContain("used up until 2026-02-10");
    await setOverage(shop.deps, shop, "on");
    await shop.sync();
    expect(await stop()).toBeUndefined();
    await shop.use(1_234_567);

    expect(await billed()).toMatchObject({ metered: 6_234_567 });
  });

  it("reports what an answer was lost of once, and what is put right later too", async () => {
    const id = await shop.use(700_000, { estimated: true });
    shop.local.faults.set({ of: "POST /v1/billing/meter_events", kind: "lose", skip: 1, times: 3 });
    await reportUsage(shop.deps);
    await inTenant(shop, (tx) =>
      tx.query("UPDATE usage SET micro_usd = 100000, estimated = false WHERE tenant_id = $1 AND id = $2", [
        shop.tenantId,
        id,
      ]),
    );
    shop.local.faults.set({ of: "POST /v1/billing/meter_events", kind: "fail-after" });
    await reportUsage(shop.deps);
    await reportUsage(shop.deps);

    expect(counted()).toBe(6_334_567);
    expect(await reconcileStripe(shop.deps)).toEqual([]);
  });

  it("gets an invoice of what the ledger says, less what the plan includes", async () => {
    await goTo(Date.UTC(2026, 1, 10, 14));
    const last = shop.local.invoices.at(-1);

    // 6.334567 dollars are 633 cents, of which 500 are included.
    expect(last).toMatchObject({ status: "paid", amount_paid: 2_000 + 633 - 500 });
    expect(await entitlement()).toMatchObject({ usedMicroUsd: 0, state: "active" });
    expect(await reconcileStripe(shop.deps)).toEqual([]);
  });

  it("goes on for the grace of a failed payment, is stopped, and goes on when it has paid", async () => {
    const portal = await openPortal(shop.deps, shop, "https://aicd.example.com/");
    const press = (card: string) =>
      fetch(portal, { method: "POST", body: new URLSearchParams({ do: "card", card }), redirect: "manual" });
    await press("pm_card_chargeCustomerFail");
    await goTo(Date.UTC(2026, 2, 10, 14));
    expect([(await entitlement())?.state, await stop()]).toEqual(["grace", undefined]);
    await goTo(Date.UTC(2026, 2, 12, 15));
    expect(await stop()).toContain("customer portal");
    await press("pm_card_visa");
    await goTo(Date.UTC(2026, 2, 13, 15));

    expect([(await entitlement())?.state, await stop()]).toEqual(["active", undefined]);
    expect(await reconcileStripe(shop.deps)).toEqual([]);
  });

  it("whose usage Stripe heard of otherwise is named", async () => {
    const customer = shop.local.meterEvents[0]?.customer ?? "";
    await shop.deps.billing.stripe?.client.billing.meterEvents.create({
      event_name: "aicd_micro_usd",
      payload: { stripe_customer_id: customer, value: "77" },
    });
    await shop.use(5);

    expect((await reconcileStripe(shop.deps)).map(({ what }) => what)).toEqual([
      "usage that is not reported yet",
      "usage reported as of 2026-03-13T15 h",
    ]);
  });

  it("that cancels has the free plan when the period is over, and may buy again", async () => {
    const { client } = shop.deps.billing.stripe ?? {};
    const id = (await client?.subscriptions.list({ limit: 1 }))?.data[0]?.id ?? "";
    await client?.subscriptions.update(id, { cancel_at_period_end: true });
    await goTo(shop.clock.now + 40 * DAY_MS);
    expect(await entitlement()).toMatchObject({ plan: "free", seller: "none" });
    await shop.buy("business");

    expect(await entitlement()).toMatchObject({ plan: "business", state: "active" });
  });

  it("whose customer somebody deleted at Stripe has the free plan, and may buy again", async () => {
    const { client } = shop.deps.billing.stripe ?? {};
    const { data } = (await client?.customers.list()) ?? { data: [] };
    for (const { id } of data) await client?.customers.del(id);
    await shop.sync();
    expect(await entitlement()).toMatchObject({ plan: "free" });
    await shop.buy("team");

    expect(await entitlement()).toMatchObject({ plan: "team" });
  });
});
