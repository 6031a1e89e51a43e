const SCALE = 12;

/**
 * What a quantity costs, in whole cents: exact until it is rounded once, half away from zero, as Stripe rounds the
 * amount of an invoice line (docs.stripe.com/billing/subscriptions/usage-based/pricing-models, decimal amounts).
 * @param unit cents, with up to 12 digits behind the point
 */
export function centsOf(unit: string, quantity: bigint): number {
  const [whole = "0", rest = ""] = unit.split(".");
  const scaled = BigInt(whole + rest.padEnd(SCALE, "0").slice(0, SCALE)) * quantity;
  return Number(divide(scaled, 10n ** BigInt(SCALE)));
}

/** Part of an amount, in whole cents, rounded once. */
export function shareOf(cents: number, part: number, whole: number): number {
  return whole === 0 ? 0 : Number(divide(BigInt(cents) * BigInt(part), BigInt(whole)));
}

/** Rounded half away from zero; `by` is positive. */
function divide(value: bigint, by: bigint): bigint {
  const half = by / 2n;
  return value < 0n ? -((-value + half) / by) : (value + half) / by;
}
