import { emit } from "../events/emit.ts";
import { collect, finalize } from "../invoices/collect.ts";
import { drawInvoice, lineAhead, lineBehind } from "../invoices/draw.ts";
import { nextEnd } from "../world/calendar.ts";
import type { Clock, Subscription } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { endSubscription, setStatus } from "./status.ts";

/** Something that is due, and when. */
type Due = { at: number; happen: () => void };

/** Lets everything happen that is due at a test clock, or without one, until a time, in its order. */
export function tick(world: World, clock: Clock | undefined, until: number): void {
  for (let due = nextDue(world, clock?.id ?? null); due !== undefined && due.at <= until; ) {
    // Whatever happens, happens at its time.
    if (clock === undefined) world.present = due.at;
    else clock.frozen_time = Math.max(clock.frozen_time, due.at);
    due.happen();
    due = nextDue(world, clock?.id ?? null);
  }
  world.present = undefined;
  if (clock !== undefined) clock.frozen_time = until;
}

function nextDue(world: World, clock: string | null): Due | undefined {
  const dues: Due[] = [];
  for (const subscription of world.subscriptions.values()) {
    if (subscription.test_clock !== clock || subscription.ended_at !== null) continue;
    if (subscription.status === "incomplete_expired" || subscription.status === "incomplete") continue;
    const end = subscription.items.data[0]?.current_period_end;
    if (end !== undefined) dues.push({ at: end, happen: () => turnOver(world, subscription, end) });
  }
  for (const invoice of world.invoices.values()) {
    if (invoice.test_clock !== clock || !invoice.auto_advance) continue;
    const { automatically_finalizes_at: finalizes, next_payment_attempt: retries } = invoice;
    if (invoice.status === "draft" && finalizes !== null) {
      const happen = () => {
        finalize(world, invoice);
        collect(world, invoice);
      };
      dues.push({ at: finalizes, happen });
    }
    if (invoice.status === "open" && retries !== null)
      dues.push({ at: retries, happen: () => void collect(world, invoice) });
  }
  return dues.toSorted((a, b) => a.at - b.at)[0];
}

/** The end of a period: the end of the trial, of the subscription, or the next period. */
function turnOver(world: World, subscription: Subscription, end: number): void {
  const start = subscription.items.data[0]?.current_period_start ?? end;
  const period = { start, end };
  const used = subscription.items.data.flatMap((item) =>
    lineBehind(item, { start: item.current_period_start, end: item.current_period_end }),
  );
  if (subscription.cancel_at_period_end) {
    if (used.length > 0)
      drawInvoice(world, { subscription, reason: "subscription_cycle", lines: used, period });
    endSubscription(world, subscription);
    return;
  }
  for (const item of subscription.items.data) {
    item.current_period_start = end;
    const { recurring } = item.price;
    if (recurring !== null)
      item.current_period_end = nextEnd(subscription.billing_cycle_anchor, end, recurring);
  }
  if (subscription.status === "trialing") setStatus(world, subscription, "active");
  else emit(world, "customer.subscription.updated", subscription, { current_period_end: end });
  const ahead = subscription.items.data.flatMap(lineAhead);
  drawInvoice(world, { subscription, reason: "subscription_cycle", lines: [...used, ...ahead], period });
}
