import type { World } from "../world/world.ts";

const DEFAULT_PAGE = 30;
const LARGEST_PAGE = 100;

interface PagedCall {
  world: World;
  url: string;
  query: { page?: number | undefined; per_page?: number | undefined };
}

/** One page of a list and the Link header that leads to the others. */
export function paginate<T>(
  call: PagedCall,
  items: readonly T[],
): { items: T[]; headers: Record<string, string> } {
  const size = Math.min(Math.max(Number(call.query.per_page ?? DEFAULT_PAGE), 1), LARGEST_PAGE);
  const page = Math.max(Number(call.query.page ?? 1), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (number: number, rel: string) => {
    const url = new URL(call.url, call.world.url);
    url.searchParams.set("page", String(number));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(Math.min(page - 1, last), "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(", ") } : {};
  return { items: items.slice((page - 1) * size, page * size), headers };
}
