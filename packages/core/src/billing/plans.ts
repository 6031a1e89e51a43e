import { z } from "zod";
import { AicdError } from "../errors.ts";

const dollars = z.number().nonnegative().max(1_000_000);

const SalesPlan = z.strictObject({
  /** What people read. */
  title: z.string().min(1).max(60),
  /** What a month costs, for a seat or as a whole. */
  monthlyUsd: dollars,
  perSeat: z.boolean().default(false),
  /** Model calls of a month that the price includes, for a seat or as a whole. */
  includedUsd: dollars,
  /** Whether a customer may have what goes beyond billed by the meter. Each has to switch that on. */
  overage: z.boolean().default(false),
  trialDays: z.int().min(0).max(90).default(0),
  /** How long work still begins after a payment failed. */
  graceDays: z.int().min(0).max(60).default(7),
  /** The name of the same plan in the listing of GitHub Marketplace. */
  marketplace: z.string().min(1).optional(),
});
export type SalesPlan = z.infer<typeof SalesPlan>;

const SalesPlansFile = z
  .record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/), SalesPlan)
  .refine((plans) => plans.free?.monthlyUsd === 0, {
    error: "there must be a plan `free` that costs nothing: it is everybody's who bought none",
  });
/** By name, the cheapest first. */
export type SalesPlans = ReadonlyMap<string, SalesPlan>;

/**
 * An operator's plans, as JSON.
 * @throws AicdError `invalid`, naming each thing that is wrong
 */
export function readSalesPlans(text: string): SalesPlans {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new AicdError("invalid", `It is no JSON: ${(error as Error).message}`);
  }
  const read = SalesPlansFile.safeParse(document);
  if (!read.success) throw new AicdError("invalid", z.prettifyError(read.error));
  return new Map(Object.entries(read.data).toSorted(([, a], [, b]) => a.monthlyUsd - b.monthlyUsd));
}

/** What is sold where the operator says nothing else. */
export const DEFAULT_SALES_PLANS: SalesPlans = readSalesPlans(
  JSON.stringify({
    free: { title: "Free", monthlyUsd: 0, includedUsd: 5, marketplace: "Free" },
    team: {
      title: "Team",
      monthlyUsd: 20,
      perSeat: true,
      includedUsd: 20,
      overage: true,
      trialDays: 14,
      marketplace: "Team",
    },
    business: {
      title: "Business",
      monthlyUsd: 400,
      includedUsd: 400,
      overage: true,
      graceDays: 14,
      marketplace: "Business",
    },
    enterprise: { title: "Enterprise", monthlyUsd: 2_000, includedUsd: 2_500, overage: true, graceDays: 30 },
  }),
);
