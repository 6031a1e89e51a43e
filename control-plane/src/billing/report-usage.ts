import { forgetAsked, hoursOf, listOwedEvents, noteReported, noteSent, type OwedEvent } from "@aicd/db";
import { Stripe } from "stripe";
import { type BillingDeps, METER_EVENT, stripeOf } from "./billing.ts";
import { ensureCatalog } from "./catalog.ts";

const AT_ONCE = 500;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Stripe knows an identifier for at least 24 hours; an hour is left for clocks that differ. */
const KNOWN_MS = 23 * HOUR_MS;
/** Drafts of a period's invoice are finalized an hour after its end; what comes later belongs to the next. */
const DRAFT_MS = 45 * MINUTE_MS;

/**
 * Hands what is owed to Stripe's meter. The key in the ledger is the event's identifier, and its time is written down
 * before it is asked for the first time, so whatever is asked again within a day is one event. What was asked longer
 * ago, and never answered, is looked for in the meter's sums before it is asked anew.
 * @returns how many were sent
 */
export async function reportUsage(deps: BillingDeps): Promise<number> {
  if (deps.billing.stripe === undefined) return 0;
  const stripe = stripeOf(deps);
  let sent = 0;
  for (let owed = await listOwedEvents(deps.db.system, AT_ONCE); owed.length > 0; ) {
    const before = sent;
    for (const event of owed) if (await report(deps, stripe, event)) sent += 1;
    // What is left is not to be had now.
    if (sent === before) break;
    owed = await listOwedEvents(deps.db.system, AT_ONCE);
  }
  return sent;
}

async function report(deps: BillingDeps, stripe: Stripe, event: OwedEvent): Promise<boolean> {
  const now = deps.now();
  if (event.askedAt !== null && now - event.askedAt.getTime() > KNOWN_MS) {
    const came = await lookFor(deps, stripe, event);
    if (came === "unclear") return false;
    if (came === "came") {
      await noteSent(deps.db.system, event, new Date(now));
      return true;
    }
    await forgetAsked(deps.db.system, event);
  }
  if (event.microUsd < 0 && !(await isCovered(deps, event))) return false;
  const asked = await noteReported(deps.db.system, event, timeOf(event, now), new Date(now));
  try {
    await stripe.billing.meterEvents.create({
      event_name: METER_EVENT,
      identifier: event.key,
      payload: { stripe_customer_id: event.customerId, value: String(event.microUsd) },
      timestamp: Math.floor((asked.reportedAs ?? event.usedAt).getTime() / 1_000),
    });
  } catch (error) {
    // It came before, and only its answer was lost.
    if (!isKnown(error)) {
      deps.log.warn(
        { err: error, tenantId: event.tenantId, key: event.key },
        "usage is not reported yet; it is owed",
      );
      return false;
    }
  }
  await noteSent(deps.db.system, event, new Date(deps.now()));
  return true;
}

/** In the period it was used in, as long as that one's invoice is open; later it counts in the running one. */
function timeOf({ usedAt, periodStart }: OwedEvent, now: number): Date {
  const closed = usedAt < periodStart && now > periodStart.getTime() + DRAFT_MS;
  return closed ? periodStart : usedAt;
}

/**
 * Stripe bills a period whose sum is below zero as nothing, and what is below would be lost to the customer. So what is
 * taken back waits until the running period has as much to take it from.
 */
async function isCovered(deps: BillingDeps, event: OwedEvent): Promise<boolean> {
  if (event.askedAt !== null || event.usedAt >= event.periodStart) return true;
  const hours = [...(await hoursOf(deps.db.system, event.tenantId, event.periodStart)).values()];
  const unknown = hours.some((hour) => hour.unknown.length > 0);
  return !unknown && hours.reduce((sum, hour) => sum + hour.sentMicroUsd, 0) + event.microUsd >= 0;
}

function isKnown(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return false;
  return error.code === "resource_already_exists" || /already exists with identifier/.test(error.message);
}

/** Whether an event is among what the meter counted in its hour: decided where all or nothing of the hour is missing. */
async function lookFor(
  deps: BillingDeps,
  stripe: Stripe,
  event: OwedEvent,
): Promise<"came" | "lost" | "unclear"> {
  const from = new Date(Math.floor((event.reportedAs ?? event.usedAt).getTime() / HOUR_MS) * HOUR_MS);
  const hour = (await hoursOf(deps.db.system, event.tenantId, from)).get(from.getTime() / 1_000);
  if (hour === undefined) return "lost";
  const counted = await countedIn(deps, stripe, event.customerId, hour.start);
  const missing = hour.unknown.reduce((sum, { microUsd }) => sum + microUsd, 0);
  if (counted === hour.sentMicroUsd) return "lost";
  return counted === hour.sentMicroUsd + missing ? "came" : "unclear";
}

/** What the meter counted of a customer in an hour that begins at a time in seconds. */
async function countedIn(
  deps: BillingDeps,
  stripe: Stripe,
  customer: string,
  start: number,
): Promise<number> {
  const meter = await meterOf(deps, stripe);
  const { data } = await stripe.billing.meters.listEventSummaries(meter, {
    customer,
    start_time: start,
    end_time: start + 3_600,
  });
  return data.reduce((sum, { aggregated_value: value }) => sum + value, 0);
}

export async function meterOf(deps: BillingDeps, stripe: Stripe): Promise<string> {
  for await (const meter of stripe.billing.meters.list({ status: "active", limit: 100 })) {
    if (meter.event_name === METER_EVENT) return meter.id;
  }
  await ensureCatalog(stripe, deps.billing.plans);
  return meterOf(deps, stripe);
}
