import { announcePurchase } from "../marketplace/purchase.ts";
import type { Purchase } from "../world/purchase.ts";
import type { World } from "../world/world.ts";
import { accountNamed } from "./find.ts";

type Bought = {
  plan: string;
  model?: Purchase["model"];
  units?: number;
  nextBilling: string;
  trialUntil?: string;
};

/** What an account's owner does on the Marketplace listing, and what the end of a billing cycle does. */
export interface MarketplaceSwitches {
  buy(login: string, bought: Bought): void;
  /** At once when it is more, else at the end of the cycle: GitHub's rule, chosen by whoever turns the switch. */
  change(login: string, to: { plan: string; units?: number }): void;
  planChange(login: string, to: { plan: string; units?: number }): void;
  keep(login: string): void;
  cancel(login: string): void;
}

export function createMarketplaceSwitches(world: World): MarketplaceSwitches {
  const bought = (login: string): Purchase => {
    const found = world.purchases.get(accountNamed(world, login).id);
    if (found === undefined) throw new Error(`${login} has bought nothing`);
    return found;
  };
  return {
    buy(login, { plan, model = "FLAT_RATE", units = 1, nextBilling, trialUntil }) {
      const account = accountNamed(world, login);
      const purchase = {
        account,
        plan,
        model,
        units,
        nextBilling,
        pending: undefined,
        trialUntil: trialUntil ?? null,
      };
      world.purchases.set(account.id, purchase);
      announcePurchase(world, "purchased", purchase);
    },
    change(login, { plan, units }) {
      const purchase = bought(login);
      Object.assign(purchase, { plan, units: units ?? purchase.units, pending: undefined });
      announcePurchase(world, "changed", purchase);
    },
    planChange(login, { plan, units }) {
      const purchase = bought(login);
      purchase.pending = { plan, units: units ?? purchase.units };
      announcePurchase(world, "pending_change", purchase);
    },
    keep(login) {
      const purchase = bought(login);
      purchase.pending = undefined;
      announcePurchase(world, "pending_change_cancelled", purchase);
    },
    cancel(login) {
      const purchase = bought(login);
      world.purchases.delete(purchase.account.id);
      announcePurchase(world, "cancelled", purchase);
    },
  };
}
