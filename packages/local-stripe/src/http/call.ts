import type { Operation } from "../contract/used.ts";
import type { List } from "../world/types.ts";
import type { World } from "../world/world.ts";
import { missing } from "./errors.ts";

/** A request that was checked: `asked` is its body or its query, `id` the one of its path. */
// biome-ignore lint/suspicious/noExplicitAny: what an operation takes is described, and checked, by the contract
export type Call = { world: World; id: string; asked: any; url: string };
type Handle = (call: Call) => object;
export type Routes = Partial<Record<Operation, Handle>>;

export function find<T>(map: Map<string, T>, kind: string, id: string, param?: string): T {
  const found = map.get(id);
  if (found === undefined) throw missing(kind, id, param);
  return found;
}

/** Newest first, by `limit`, `starting_after` and `ending_before`: docs.stripe.com/api/pagination. */
export function list<T extends { id: string }>({ asked, url }: Call, all: Iterable<T>): List<T> {
  const newest = [...all].toReversed();
  const { limit = 10, starting_after: after, ending_before: before } = asked as Record<string, never>;
  const from = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
  const to = before === undefined ? newest.length : newest.findIndex(({ id }) => id === before);
  const data = newest.slice(from, to).slice(0, limit);
  return { object: "list", url, data, has_more: from + data.length < to };
}

/** An empty text takes a key of the metadata away: docs.stripe.com/api/metadata. */
export function merged(old: Record<string, string>, more: Record<string, string> | "" | undefined) {
  if (more === "") return {};
  return Object.fromEntries(Object.entries({ ...old, ...more }).filter(([, value]) => value !== ""));
}
