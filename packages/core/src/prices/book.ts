import type { Tokens } from "../usage.ts";
import { findListed, RELEASE } from "./find-listed.ts";
import { LISTED_ON } from "./listed.ts";
import type { OwnPrices } from "./own.ts";
import { costOf, type Price, ratesOf } from "./price.ts";

/** What calls cost. A price is frozen into each usage row: what the vendor bills is the truth, this holds the budget. */
export type PriceBook = {
  /** The day of the list, as YYYY-MM-DD. */
  listedOn: string;
  /** Of a name nobody knows: that of the dearest. */
  priceOf(model: string): Price;
  /** Whether a model has a price of its own, and not that of the dearest. */
  isPriced(model: string): boolean;
  /** Cost in millionths of a dollar, rounded up once. */
  priceTokens(model: string, tokens: Tokens): number;
  /**
   * The most a call within these bounds costs, whatever of its input is read from a cache or written to one. No
   * settled call of the same model costs more, so budgets hold to the last micro-dollar but for the one call that
   * crosses the line.
   */
  priceWorst(model: string, worst: { input: number; output: number }): number;
};

/** For models we do not know: top-tier money, so that a budget ends early rather than late. */
export const DEAREST: Price = ratesOf({ input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 });

/** @param own come before the list, also for names with a date behind */
export function createPriceBook(own: OwnPrices = new Map(), now: () => number = Date.now): PriceBook {
  const known = (model: string): Price | undefined =>
    own.get(model) ??
    own.get(model.replace(RELEASE, "")) ??
    findListed(model, new Date(now()).toISOString().slice(0, 10));
  const priceOf = (model: string) => known(model) ?? DEAREST;
  const priceTokens = (model: string, tokens: Tokens) => costOf(priceOf(model), tokens);
  return {
    listedOn: LISTED_ON,
    priceOf,
    isPriced: (model) => known(model) !== undefined,
    priceTokens,
    priceWorst: (model, { input, output }) =>
      Math.max(
        priceTokens(model, { input, output, cacheRead: 0, cacheWrite: 0 }),
        priceTokens(model, { input: 0, output, cacheRead: 0, cacheWrite: input }),
      ),
  };
}

/** The list alone. */
export const LIST_PRICES: PriceBook = createPriceBook();
