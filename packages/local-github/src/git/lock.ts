import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";

/**
 * Runs writes to one repository one after the other, so that what is checked still holds when it is written.
 * Not re-entrant: what runs inside must not take the same lock.
 */
export async function withLock<T>(world: World, repository: Repository, write: () => Promise<T>): Promise<T> {
  const before = world.locks.get(repository.id) ?? Promise.resolve();
  const mine = before.then(write, write);
  world.locks.set(repository.id, mine);
  return await mine;
}
