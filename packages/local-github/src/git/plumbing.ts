import type { Repository } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { openPlumbing, type Plumbing } from "./git.ts";

/** One set of git's tools a repository, opened when first needed. */
export function plumbingOf(world: World, repository: Repository): Plumbing {
  const known = world.plumbing.get(repository.id);
  if (known) return known;
  const opened = openPlumbing(repository.directory);
  world.plumbing.set(repository.id, opened);
  return opened;
}
