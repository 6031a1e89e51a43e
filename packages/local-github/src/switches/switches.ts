import type { World } from "../world/world.ts";
import { type ActionSwitches, createActionSwitches } from "./actions.ts";
import { createIssueSwitches, type IssueSwitches } from "./issues.ts";
import { createMarketplaceSwitches, type MarketplaceSwitches } from "./marketplace.ts";
import { createRateSwitches, type RateSwitches } from "./rates.ts";
import { createRepositorySwitches, type RepositorySwitches } from "./repositories.ts";
import { createWebhookSwitches, type WebhookSwitches } from "./webhooks.ts";

/** What people, plans and networks do to a GitHub; each tells the Apps what GitHub would tell them. */
export interface Switches extends ActionSwitches, IssueSwitches, RepositorySwitches {
  readonly marketplace: MarketplaceSwitches;
  readonly rates: RateSwitches;
  readonly webhooks: WebhookSwitches;
}

export function createSwitches(world: World): Switches {
  return {
    ...createActionSwitches(world),
    ...createIssueSwitches(world),
    ...createRepositorySwitches(world),
    marketplace: createMarketplaceSwitches(world),
    rates: createRateSwitches(world),
    webhooks: createWebhookSwitches(world),
  };
}
