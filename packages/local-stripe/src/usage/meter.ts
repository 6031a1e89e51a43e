import { invalid, missing, StripeError } from "../http/errors.ts";
import type { Meter, MeterEvent } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";

/** docs.stripe.com/api/billing/meter-event: a timestamp lies within the past 35 calendar days and at most 5 minutes ahead. */
const OLDEST_SECONDS = 35 * 86_400;
const AHEAD_SECONDS = 300;
/** Identifiers are unique, and events may be cancelled, within this. */
const UNIQUE_SECONDS = 86_400;

type Asked = { event_name: string; identifier?: string; payload: Record<string, string>; timestamp?: number };

/** Takes an event, or refuses it. Whether its customer exists is found out later at Stripe, so that refuses nothing. */
export function takeEvent(
  world: World,
  asked: Asked,
): MeterEvent | { identifier: string; created: number; timestamp: number } {
  const meter = [...world.meters.values()].find(
    ({ event_name: name, status }) => name === asked.event_name && status === "active",
  );
  if (meter === undefined) {
    throw invalid("event_name", `No active meter found for event name ${asked.event_name}.`, "no_meter");
  }
  const customer = asked.payload[meter.customer_mapping.event_payload_key];
  if (customer === undefined)
    throw invalid("payload", `The payload has no ${meter.customer_mapping.event_payload_key}.`);
  const now = nowOf(world, customer);
  const { identifier = mint("mevt"), timestamp = now } = asked;
  if (timestamp > now + AHEAD_SECONDS)
    throw invalid("timestamp", "The timestamp is in the future.", "timestamp_in_future");
  if (timestamp < now - OLDEST_SECONDS)
    throw invalid("timestamp", "The timestamp is too far in the past.", "timestamp_too_far_in_past");
  const value = wholeOf(meter, asked.payload);
  const twin = world.meterEvents.find(
    (each) =>
      each.meter === meter.id && each.identifier === identifier && now - each.receivedAt < UNIQUE_SECONDS,
  );
  if (twin !== undefined) {
    throw invalid(
      "identifier",
      `An event already exists with identifier ${identifier}.`,
      "resource_already_exists",
    );
  }
  if (!world.customers.has(customer)) {
    world.meterErrors.push({ identifier, customer });
    return { identifier, created: now, timestamp };
  }
  const event = {
    meter: meter.id,
    identifier,
    customer,
    timestamp,
    receivedAt: now,
    value,
    cancelled: false,
  };
  world.meterEvents.push(event);
  return event;
}

/** Whole numbers, also below zero: docs.stripe.com/billing/subscriptions/usage-based/recording-usage. */
function wholeOf(meter: Meter, payload: Record<string, string>): bigint {
  if (meter.default_aggregation.formula === "count") return 1n;
  const { event_payload_key: key } = meter.value_settings;
  const text = payload[key];
  if (text === undefined || !/^-?\d{1,15}$/.test(text)) {
    throw invalid("payload", `The payload's ${key} is no whole number.`, "meter_event_invalid_value");
  }
  return BigInt(text);
}

/** @throws StripeError when there is no such event, or it came more than 24 hours ago */
export function cancelEvent(world: World, name: string, identifier: string): void {
  const meter = [...world.meters.values()].find(({ event_name: each }) => each === name);
  if (meter === undefined)
    throw invalid("event_name", `No active meter found for event name ${name}.`, "no_meter");
  const event = world.meterEvents.find((each) => each.meter === meter.id && each.identifier === identifier);
  if (event === undefined) throw missing("meter event", identifier, "cancel[identifier]");
  if (nowOf(world, event.customer) - event.receivedAt >= UNIQUE_SECONDS) {
    throw new StripeError(400, {
      param: "cancel[identifier]",
      message: "Events can only be cancelled within 24 hours.",
    });
  }
  event.cancelled = true;
}

/** What a customer used from one second to before another. */
export function usedBetween(
  world: World,
  asked: { meter: string; customer: string; start: number; end: number },
): bigint {
  const events = world.meterEvents.filter(
    (each) =>
      each.meter === asked.meter &&
      each.customer === asked.customer &&
      !each.cancelled &&
      each.timestamp >= asked.start &&
      each.timestamp < asked.end,
  );
  const last = world.meters.get(asked.meter)?.default_aggregation.formula === "last";
  if (last) return events.at(-1)?.value ?? 0n;
  return events.reduce((sum, { value }) => sum + value, 0n);
}
