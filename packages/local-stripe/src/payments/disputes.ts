import { blank } from "../contract/blank.ts";
import { emit } from "../events/emit.ts";
import { invalid, missing } from "../http/errors.ts";
import type { Dispute, Refund } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";

type AskedRefund = {
  charge?: string;
  payment_intent?: string;
  amount?: number;
  reason?: string;
  metadata?: Record<string, string>;
};

/** @throws StripeError when there is no such charge, or less is left of it */
export function refund(world: World, asked: AskedRefund): Refund {
  const charge = [...world.charges.values()].find(
    ({ id, payment_intent: intent }) => id === asked.charge || intent === asked.payment_intent,
  );
  if (charge === undefined) throw missing("charge", asked.charge ?? asked.payment_intent ?? "", "charge");
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0)
    throw invalid("charge", `Charge ${charge.id} has already been refunded.`, "charge_already_refunded");
  const { amount = left, reason = null, metadata = {} } = asked;
  if (amount > left || amount < 1)
    throw invalid("amount", `Refund amount is greater than unrefunded amount on charge (${left}).`);
  const made = blank<Refund>("refund", {
    id: mint("re"),
    object: "refund",
    created: nowOf(world, charge.customer),
    metadata,
    amount,
    charge: charge.id,
    currency: charge.currency,
    payment_intent: charge.payment_intent,
    reason,
    status: "succeeded",
  });
  world.refunds.set(made.id, made);
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
  emit(world, "charge.refunded", charge);
  emit(world, "refund.created", made);
  return made;
}

/** What a cardholder does at the bank. */
export function openDispute(world: World, chargeId: string): Dispute {
  const charge = world.charges.get(chargeId);
  if (charge === undefined) throw missing("charge", chargeId);
  charge.disputed = true;
  const made = blank<Dispute>("dispute", {
    id: mint("du"),
    object: "dispute",
    created: nowOf(world, charge.customer),
    metadata: {},
    amount: charge.amount,
    charge: charge.id,
    currency: charge.currency,
    payment_intent: charge.payment_intent,
    reason: "fraudulent",
    status: "needs_response",
  });
  world.disputes.set(made.id, made);
  emit(world, "charge.dispute.created", made);
  return made;
}

/** What the bank then says. */
export function closeDispute(world: World, id: string, status: "won" | "lost"): void {
  const dispute = world.disputes.get(id);
  if (dispute === undefined) throw missing("dispute", id);
  dispute.status = status;
  emit(world, "charge.dispute.closed", dispute);
}
