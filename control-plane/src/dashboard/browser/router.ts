import { useLayoutEffect, useState } from "preact/hooks";

export type Route = {
  login: string | undefined;
  view: string | undefined;
  id: string | undefined;
  search: URLSearchParams;
};

/** Told to whoever shows a route when the address changes by our own doing. */
const MOVED = "aicd:moved";

function routeOf({ pathname, search }: { pathname: string; search: string }): Route {
  const [first, login, view, id] = pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
  const query = new URLSearchParams(search);
  if (first !== "organizations") return { login: undefined, view: undefined, id: undefined, search: query };
  return { login, view, id, search: query };
}

/** Half an escape in an address names nothing that we know. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function addressOf(
  login: string,
  ...inside: [] | [view: string] | [view: string, id: string]
): string {
  const parts = ["organizations", login, ...inside];
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

export function go(address: string): void {
  history.pushState(null, "", address);
  dispatchEvent(new Event(MOVED));
}

/** The address of the same route with other filters; not a step that "back" would undo. */
export function refine(search: URLSearchParams): void {
  history.replaceState(null, "", `${location.pathname}${search.size === 0 ? "" : `?${search}`}`);
  dispatchEvent(new Event(MOVED));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location));
  // Before the first click can come.
  useLayoutEffect(() => {
    const moved = () => setRoute(routeOf(location));
    addEventListener(MOVED, moved);
    addEventListener("popstate", moved);
    document.addEventListener("click", followOwnLinks);
    return () => {
      removeEventListener(MOVED, moved);
      removeEventListener("popstate", moved);
      document.removeEventListener("click", followOwnLinks);
    };
  }, []);
  return route;
}

/** A plain click on a link to one of our pages needs no new page. */
function followOwnLinks(event: MouseEvent): void {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const href = link?.getAttribute("href") ?? "";
  if (!plain || event.defaultPrevented || !/^\/(?:$|organizations\/)/.test(href)) return;
  event.preventDefault();
  go(href);
}
