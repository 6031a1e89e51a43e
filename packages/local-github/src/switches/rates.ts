import { callerOf } from "../http/meter.ts";
import type { RateLimits, Resource } from "../world/rates.ts";
import type { World } from "../world/world.ts";
import { accountNamed } from "./find.ts";

/** Whose budget: an installation by id, or a person by login. */
type Spender = { installationId: number } | { login: string };

/** What GitHub lets a caller do, which is strict by default. */
export interface RateSwitches {
  /** Other limits from now on; those left out stay. */
  setLimits(limits: Partial<RateLimits>): void;
  /** Uses up what is left of the hour. */
  exhaust(spender: Spender, resource?: Resource): void;
  /** Moves the clock of the limits ahead, and nothing else. */
  skip(ms: number): void;
  /** Leaves someone out of every limit, as a person who stands for many. */
  spare(spender: Spender): void;
}

export function createRateSwitches(world: World): RateSwitches {
  const key = (spender: Spender) => {
    if ("login" in spender) {
      return callerOf({ kind: "user", account: accountNamed(world, spender.login) });
    }
    const id = spender.installationId;
    return { key: `installation ${id}`, caller: "installation" } as const;
  };
  return {
    setLimits: (limits) => void Object.assign(world.rates.limits, limits),
    exhaust(spender, resource = "core") {
      const { key: name, caller } = key(spender);
      world.rates.exhaust(name, caller, resource);
    },
    skip: (ms) => world.rates.skip(ms),
    spare: (spender) => world.rates.spare(key(spender).key),
  };
}
