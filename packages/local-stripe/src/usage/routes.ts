import { living } from "../catalog/customers.ts";
import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { type Call, find, list, type Routes } from "../http/call.ts";
import { invalid } from "../http/errors.ts";
import type { CreditGrant, Meter } from "../world/types.ts";
import { mint, nowOf } from "../world/world.ts";
import { leftOf, usableGrants } from "./credits.ts";
import { cancelEvent, takeEvent, usedBetween } from "./meter.ts";

export const usageRoutes: Routes = {
  "post /v1/billing/meters": ({ world, asked }) => {
    const twin = [...world.meters.values()].find(
      ({ event_name: name, status }) => name === asked.event_name && status === "active",
    );
    if (twin !== undefined)
      throw invalid("event_name", `There is an active meter for ${asked.event_name} already.`);
    const meter = blank<Meter>("billing.meter", {
      id: mint("mtr"),
      object: "billing.meter",
      created: world.clock(),
      updated: world.clock(),
      display_name: asked.display_name,
      event_name: asked.event_name,
      status: "active",
      customer_mapping: asked.customer_mapping ?? { type: "by_id", event_payload_key: "stripe_customer_id" },
      value_settings: asked.value_settings ?? { event_payload_key: "value" },
      default_aggregation: asked.default_aggregation,
    });
    world.meters.set(meter.id, meter);
    return meter;
  },
  "get /v1/billing/meters": (call) =>
    list(
      call,
      [...call.world.meters.values()].filter(
        ({ status }) => call.asked.status === undefined || status === call.asked.status,
      ),
    ),
  "get /v1/billing/meters/{id}": ({ world, id }) => find(world.meters, "meter", id),
  "post /v1/billing/meters/{id}/deactivate": ({ world, id }) => {
    const meter = find(world.meters, "meter", id);
    meter.status = "inactive";
    return meter;
  },
  "post /v1/billing/meter_events": ({ world, asked }) => {
    const { identifier, timestamp } = takeEvent(world, asked);
    return blank("billing.meter_event", {
      object: "billing.meter_event",
      created: world.clock(),
      event_name: asked.event_name,
      identifier,
      payload: asked.payload,
      timestamp,
    });
  },
  "post /v1/billing/meter_event_adjustments": ({ world, asked }) => {
    if (asked.cancel?.identifier === undefined)
      throw invalid("cancel[identifier]", "It names the event to cancel.");
    cancelEvent(world, asked.event_name, asked.cancel.identifier);
    return blank("billing.meter_event_adjustment", {
      object: "billing.meter_event_adjustment",
      cancel: { identifier: asked.cancel.identifier },
      event_name: asked.event_name,
      status: "pending",
      type: "cancel",
    });
  },
  "get /v1/billing/meters/{id}/event_summaries": summaries,
  "post /v1/billing/credit_grants": grant,
  "get /v1/billing/credit_grants": (call) =>
    list(
      call,
      [...call.world.grants.values()].filter(
        ({ customer }) => call.asked.customer === undefined || customer === call.asked.customer,
      ),
    ),
  "get /v1/billing/credit_grants/{id}": ({ world, id }) => find(world.grants, "credit grant", id),
  "post /v1/billing/credit_grants/{id}/void": ({ world, id }) => {
    const found = find(world.grants, "credit grant", id);
    if ((world.grantsUsed.get(id) ?? 0) > 0)
      throw invalid("id", "A grant of which something was used cannot be voided.");
    found.voided_at = nowOf(world, found.customer);
    emit(world, "billing.credit_grant.updated", found);
    return found;
  },
  "post /v1/billing/credit_grants/{id}/expire": ({ world, id }) => {
    const found = find(world.grants, "credit grant", id);
    found.expires_at = nowOf(world, found.customer);
    emit(world, "billing.credit_grant.updated", found);
    return found;
  },
  "get /v1/billing/credit_balance_summary": ({ world, asked }) => {
    const left = usableGrants(world, asked.customer).reduce((sum, each) => sum + leftOf(world, each), 0);
    const amount = { type: "monetary", monetary: { currency: "usd", value: left } };
    return blank("billing.credit_balance_summary", {
      object: "billing.credit_balance_summary",
      customer: asked.customer,
      balances: [{ available_balance: amount, ledger_balance: amount }],
    });
  },
};

const WINDOWS: Record<string, number> = { hour: 3_600, day: 86_400 };

/** docs.stripe.com/api/billing/meter-event-summary/list: times lie on minutes, and on what is grouped by. */
function summaries(call: Call): object {
  const { world, id, asked } = call;
  const meter = find(world.meters, "meter", id);
  const { customer, start_time: from, end_time: to, value_grouping_window: window } = asked;
  const step = WINDOWS[window ?? ""] ?? 60;
  for (const [name, time] of Object.entries({ start_time: from, end_time: to })) {
    if (time % step !== 0) throw invalid(name, `${name} should align with ${window ?? "minute"} boundaries.`);
  }
  if (from >= to) throw invalid("end_time", "end_time must be after start_time.");
  const starts =
    window === undefined ? [from] : Array.from({ length: (to - from) / step }, (_, at) => from + at * step);
  const rows = starts.map((start) => {
    const end = window === undefined ? to : start + step;
    return blank("billing.meter_event_summary", {
      id: `mtrusg_${meter.id}_${customer}_${start}_${end}`,
      object: "billing.meter_event_summary",
      aggregated_value: Number(usedBetween(world, { meter: meter.id, customer, start, end })),
      start_time: start,
      end_time: end,
      meter: meter.id,
    });
  });
  return list(
    call,
    rows.filter(({ aggregated_value: value }) => window === undefined || value !== 0),
  );
}

function grant({ world, asked }: Call): CreditGrant {
  const customer = living(world, asked.customer);
  const { value } = asked.amount.monetary ?? { value: 0 };
  if (value < 1) throw invalid("amount[monetary][value]", "This value must be greater than or equal to 1.");
  const now = nowOf(world, customer.id);
  const made = blank<CreditGrant>("billing.credit_grant", {
    id: mint("credgr"),
    object: "billing.credit_grant",
    created: now,
    updated: now,
    metadata: asked.metadata ?? {},
    customer: customer.id,
    name: asked.name ?? null,
    category: asked.category ?? "paid",
    amount: asked.amount,
    applicability_config: asked.applicability_config,
    effective_at: asked.effective_at ?? now,
    expires_at: asked.expires_at ?? null,
    voided_at: null,
    priority: asked.priority ?? 50,
    test_clock: customer.test_clock,
  });
  world.grants.set(made.id, made);
  emit(world, "billing.credit_grant.created", made);
  return made;
}
