import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalStripe, startLocalStripe } from "./start.ts";

const DAY = 86_400;
const START = Date.UTC(2026, 0, 31, 12) / 1_000;
const FLAT_CENTS = 2_000;

let local: LocalStripe;
let stripe: Stripe;
let flat: string;
let dearer: string;
let metered: string;
let meter: string;

beforeAll(async () => {
  local = await startLocalStripe();
  stripe = clientOf(local.key);
  const product = await stripe.products.create({ name: "Team" });
  const recurring = { interval: "month" } as const;
  const made = { product: product.id, currency: "usd", recurring };
  flat = (await stripe.prices.create({ ...made, unit_amount: FLAT_CENTS, lookup_key: "team" })).id;
  dearer = (await stripe.prices.create({ ...made, unit_amount: 5_000 })).id;
  const made2 = await stripe.billing.meters.create({
    display_name: "Usage",
    event_name: "micro_usd",
    default_aggregation: { formula: "sum" },
  });
  meter = made2.id;
  metered = (
    await stripe.prices.create({
      ...made,
      recurring: { interval: "month", usage_type: "metered", meter },
      unit_amount_decimal: Stripe.Decimal.from("0.0001"),
    })
  ).id;
});

afterAll(async () => {
  expect(local.unexpected).toEqual([]);
  await local.stop();
});

function clientOf(key: string, retries = 0): Stripe {
  const { hostname, port } = new URL(local.url);
  return new Stripe(key, {
    host: hostname,
    port,
    protocol: "http",
    maxNetworkRetries: retries,
    telemetry: false,
  });
}

/** A customer in time of its own, with a card. */
async function customerAt(start = START) {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  const to = async (time: number) => {
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: time });
    while ((await stripe.testHelpers.testClocks.retrieve(clock.id)).status !== "ready");
  };
  return { id: customer.id, method: method.id, to };
}

async function use(customer: string, value: number, timestamp: number, identifier?: string) {
  return stripe.billing.meterEvents.create({
    event_name: "micro_usd",
    payload: { stripe_customer_id: customer, value: String(value) },
    timestamp,
    ...(identifier === undefined ? {} : { identifier }),
  });
}

describe("what it refuses", () => {
  it.each([
    ["a wrong key", () => clientOf("sk_test_other").products.list(), 401, undefined],
    ["an unknown parameter", () => stripe.customers.create({ nmae: "x" } as never), 400, "parameter_unknown"],
    ["a missing parameter", () => stripe.products.create({} as never), 400, "parameter_missing"],
    ["a stranger's id", () => stripe.subscriptions.retrieve("sub_none"), 404, "resource_missing"],
    [
      "a meter nobody made",
      () => stripe.billing.meterEvents.create({ event_name: "x", payload: { value: "1" } }),
      400,
      "no_meter",
    ],
    [
      "an old event",
      async () => use((await customerAt()).id, 1, START - 36 * DAY),
      400,
      "timestamp_too_far_in_past",
    ],
    ["a future event", async () => use((await customerAt()).id, 1, START + 400), 400, "timestamp_in_future"],
  ])("%s", async (_what, ask, statusCode, code) => {
    await expect(ask()).rejects.toMatchObject({ statusCode, ...(code === undefined ? {} : { code }) });
  });

  it("one idempotency key for two requests, and repeats the answer to one", async () => {
    const options = { idempotencyKey: "once" };
    const first = await stripe.customers.create({ name: "A" }, options);

    expect((await stripe.customers.create({ name: "A" }, options)).id).toBe(first.id);
    await expect(stripe.customers.create({ name: "B" }, options)).rejects.toMatchObject({
      type: "StripeIdempotencyError",
    });
  });

  it("an event's identifier twice within a day", async () => {
    const { id, to } = await customerAt();
    await use(id, 5, START, "call-1");

    await expect(use(id, 5, START, "call-1")).rejects.toMatchObject({ code: "resource_already_exists" });
    await to(START + DAY);
    await use(id, 5, START, "call-1");
  });
});

it("does what was asked although its answer is lost, once", async () => {
  local.faults.set({ of: "POST /v1/customers", kind: "lose" });
  const made = await clientOf(local.key, 2).customers.create({ email: "lost@example.com" });
  const { data } = await stripe.customers.list({ email: "lost@example.com" });

  expect(data.map(({ id }) => id)).toEqual([made.id]);
});

describe("a subscription", () => {
  it("is bought on the Checkout page, renewed, and bills what was used less the credits", async () => {
    const { id, to } = await customerAt();
    const session = await stripe.checkout.sessions.create({
      mode: "subscription",
      customer: id,
      success_url: "https://example.com/done",
      line_items: [{ price: flat, quantity: 1 }, { price: metered }],
    });
    const declined = await press(session.url, { card: "pm_card_chargeDeclined" });
    const paid = await press(session.url, { card: "pm_card_visa" });
    expect([declined, paid]).toEqual([402, 303]);
    await stripe.billing.creditGrants.create({
      customer: id,
      amount: { type: "monetary", monetary: { currency: "usd", value: 100 } },
      applicability_config: { scope: { price_type: "metered" } },
      category: "promotional",
    });
    await use(id, 1_234_567, START + 60);
    await use(id, 1_000_000, START + 60);
    await to(Date.UTC(2026, 2, 1) / 1_000);
    await use(id, 999, Math.floor(Date.UTC(2026, 1, 28, 13) / 1_000));
    const [last] = (await stripe.invoices.list({ customer: id })).data;

    // 2.234567 dollars are 223 cents after the one rounding; a dollar is credited.
    expect(last).toMatchObject({
      status: "paid",
      total: FLAT_CENTS + 223 - 100,
      amount_paid: FLAT_CENTS + 123,
    });
    expect(new Date((last?.period_end ?? 0) * 1_000).toISOString()).toBe("2026-02-28T12:00:00.000Z");
  });

  it("that nobody can charge any more is past due, tried again, and ends", async () => {
    const { id, method, to } = await customerAt();
    const made = await stripe.subscriptions.create({ customer: id, items: [{ price: flat }] });
    local.bank.decline(method);
    await to(Date.UTC(2026, 2, 1) / 1_000);
    const statusOf = async () => (await stripe.subscriptions.retrieve(made.id)).status;
    expect(await statusOf()).toBe("past_due");
    await to(Date.UTC(2026, 2, 9) / 1_000);

    expect(await statusOf()).toBe("canceled");
    expect((await stripe.invoices.list({ customer: id })).data[0]).toMatchObject({
      status: "open",
      attempt_count: 4,
    });
  });

  it("is changed in the middle of its period, for what is left of it", async () => {
    const start = Date.UTC(2026, 3, 1) / 1_000;
    const { id, to } = await customerAt(start);
    const made = await stripe.subscriptions.create({ customer: id, items: [{ price: flat }] });
    await to(start + 15 * DAY);
    await stripe.subscriptions.update(made.id, {
      items: [{ id: made.items.data[0]?.id ?? "", price: dearer }],
      proration_behavior: "always_invoice",
    });
    const [last] = (await stripe.invoices.list({ customer: id })).data;

    expect(last).toMatchObject({ total: (5_000 - FLAT_CENTS) / 2, status: "paid" });
  });

  it("begins with a trial, which costs nothing until it ends", async () => {
    const { id, to } = await customerAt();
    const made = await stripe.subscriptions.create({
      customer: id,
      items: [{ price: flat }],
      trial_period_days: 14,
    });
    expect(made.status).toBe("trialing");
    await to(START + 15 * DAY);

    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: "active" });
    const totals = (await stripe.invoices.list({ customer: id })).data.map(({ total }) => total);
    expect(totals).toEqual([FLAT_CENTS, 0]);
  });

  it("goes with its customer", async () => {
    const { id } = await customerAt();
    const made = await stripe.subscriptions.create({ customer: id, items: [{ price: flat }] });
    await stripe.customers.del(id);

    expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: "canceled" });
    await expect(stripe.customers.update(id, { name: "x" })).rejects.toMatchObject({
      code: "resource_missing",
    });
  });
});

it("counts by hours, and takes back what is cancelled within a day", async () => {
  const { id } = await customerAt();
  await use(id, 7, START, "kept");
  await use(id, 5, START, "wrong");
  await stripe.billing.meterEventAdjustments.create({
    event_name: "micro_usd",
    type: "cancel",
    cancel: { identifier: "wrong" },
  });
  const hours = {
    customer: id,
    start_time: START,
    end_time: START + 3_600,
    value_grouping_window: "hour",
  } as const;

  expect((await stripe.billing.meters.listEventSummaries(meter, hours)).data).toMatchObject([
    { aggregated_value: 7 },
  ]);
  await expect(
    stripe.billing.meters.listEventSummaries(meter, { ...hours, start_time: START + 60 }),
  ).rejects.toMatchObject({ statusCode: 400 });
});

it("signs its events so that the official client believes them, also doubled and in another order", async () => {
  const heard: { type: string; id: string }[] = [];
  let secret = "";
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const header = request.headers["stripe-signature"] ?? "";
      heard.push(stripe.webhooks.constructEvent(Buffer.concat(chunks), header, secret) as never);
      response.end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const endpoint = await stripe.webhookEndpoints.create({
    url,
    enabled_events: ["customer.created", "customer.updated"],
  });
  secret = endpoint.secret ?? "";
  local.hold();
  const { id } = await stripe.customers.create({ name: "A" });
  await stripe.customers.update(id, { name: "B" });
  await local.deliver((events) => [...events.toReversed(), ...events]);
  receiver.close();

  const [up, made] = ["customer.updated", "customer.created"];
  expect(heard.map(({ type }) => type)).toEqual([up, made, made, up]);
  expect(new Set(heard.map((event) => event.id)).size).toBe(2);
});

it("gives money back once, and tells what a bank does", async () => {
  const { id } = await customerAt();
  await stripe.subscriptions.create({ customer: id, items: [{ price: flat }] });
  const [charge] = (await stripe.charges.list({ customer: id })).data;
  const paid = charge?.id ?? "";
  await stripe.refunds.create({ charge: paid, amount: 500 });
  await expect(stripe.refunds.create({ charge: paid, amount: 1_501 })).rejects.toMatchObject({
    statusCode: 400,
  });
  const dispute = local.bank.dispute(paid);
  local.bank.decide(dispute.id, "lost");

  expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: "lost", charge: paid });
});

async function press(url: string | null, fields: Record<string, string>): Promise<number> {
  const answer = await fetch(url ?? "", {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  return answer.status;
}
