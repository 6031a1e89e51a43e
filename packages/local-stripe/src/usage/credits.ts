import { emit } from "../events/emit.ts";
import type { CreditGrant, Invoice } from "../world/types.ts";
import { mint, nowOf, type World } from "../world/world.ts";

export function leftOf(world: World, grant: CreditGrant): number {
  return grant.amount.monetary.value - (world.grantsUsed.get(grant.id) ?? 0);
}

/** Grants that may pay now, in the order of docs.stripe.com/billing/subscriptions/usage-based/billing-credits. */
export function usableGrants(world: World, customer: string): CreditGrant[] {
  const now = nowOf(world, customer);
  const order = (grant: CreditGrant) => [
    grant.priority ?? 50,
    grant.expires_at ?? Number.MAX_SAFE_INTEGER,
    grant.category === "promotional" ? 0 : 1,
    grant.effective_at ?? grant.created,
    grant.created,
  ];
  return [...world.grants.values()]
    .filter((grant) => grant.customer === customer && grant.voided_at === null && leftOf(world, grant) > 0)
    .filter(({ effective_at: from, expires_at: until }) => (from ?? 0) <= now && (until ?? Infinity) > now)
    .toSorted((a, b) => {
      const [first, second] = [order(a), order(b)];
      const differs = first.findIndex((value, index) => value !== second[index]);
      return differs < 0 ? 0 : (first[differs] ?? 0) - (second[differs] ?? 0);
    });
}

/** Pays metered lines of an invoice that is being finalized from grants; runs once for an invoice. */
export function applyCredits(world: World, invoice: Invoice): void {
  const grants = usableGrants(world, invoice.customer);
  for (const line of invoice.lines.data) {
    const price = world.prices.get(line.pricing.price_details.price);
    if (price?.recurring?.usage_type !== "metered") continue;
    let open = line.amount;
    for (const grant of grants) {
      const { price_type: type, prices } = grant.applicability_config.scope;
      if (type !== "metered" && !prices?.some(({ id }) => id === price.id)) continue;
      const amount = Math.min(open, leftOf(world, grant));
      if (amount <= 0) continue;
      open -= amount;
      world.grantsUsed.set(grant.id, (world.grantsUsed.get(grant.id) ?? 0) + amount);
      const credit = {
        amount,
        type: "credit_balance_transaction" as const,
        credit_balance_transaction: mint("cbtxn"),
      };
      line.pretax_credit_amounts.push(credit);
      invoice.total_pretax_credit_amounts = [...(invoice.total_pretax_credit_amounts ?? []), credit];
      emit(world, "billing.credit_grant.updated", grant);
    }
  }
}
