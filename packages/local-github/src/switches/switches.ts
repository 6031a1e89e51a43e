import type { World } from "../world/world.ts";
import { createIssueSwitches, type IssueSwitches } from "./issues.ts";
import { createRateSwitches, type RateSwitches } from "./rates.ts";
import { createRepositorySwitches, type RepositorySwitches } from "./repositories.ts";

/** What people, plans and networks do to a GitHub; each tells the Apps what GitHub would tell them. */
export interface Switches extends IssueSwitches, RepositorySwitches {
  readonly rates: RateSwitches;
}

export function createSwitches(world: World): Switches {
  return {
    ...createIssueSwitches(world),
    ...createRepositorySwitches(world),
    rates: createRateSwitches(world),
  };
}
