import type { Account } from "./account.ts";

/** What an account bought; it holds for the one listing that each App here has. */
export interface Purchase {
  account: Account;
  plan: string;
  model: "FREE" | "FLAT_RATE" | "PER_UNIT";
  units: number;
  trialUntil: string | null;
  /** An ISO date. */
  nextBilling: string;
  pending: { plan: string; units: number } | undefined;
}
