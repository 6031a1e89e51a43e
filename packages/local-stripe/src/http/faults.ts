import type { World } from "../world/world.ts";

/**
 * How the network, or Stripe, fails an operation. `refuse`: 500, and nothing was done. `lose`: it was done and the
 * connection breaks. `fail-after`: it was done and answered with 500, which an idempotency key then repeats, as
 * docs.stripe.com/api/idempotent_requests says. `limit`: 429.
 */
export type FaultRule = {
  /** Of `POST /v1/customers`, or a part of it. */
  of: string;
  kind: "refuse" | "lose" | "fail-after" | "limit";
  /** How many requests of it are still let through first. */
  skip?: number;
  /** How many then fail; 1 when absent. */
  times?: number;
};

export function takeFault(world: World, request: string): FaultRule["kind"] | undefined {
  const index = world.faults.findIndex(({ of }) => request.includes(of));
  const rule = world.faults[index];
  if (rule === undefined) return undefined;
  if ((rule.skip ?? 0) > 0) {
    rule.skip = (rule.skip ?? 0) - 1;
    return undefined;
  }
  rule.times = (rule.times ?? 1) - 1;
  if (rule.times <= 0) world.faults.splice(index, 1);
  return rule.kind;
}
