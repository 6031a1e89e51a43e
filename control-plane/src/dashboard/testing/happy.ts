import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type HTMLElement, type HTMLSelectElement, Window } from "happy-dom";
import { render } from "preact";
import { vi } from "vitest";
import type { OpenTab, Tab } from "./tab.ts";

const ENTRY = join(import.meta.dirname, "../browser/main.ts");
/** What our modules and Preact take for granted. */
const NAMES = [
  "document",
  "location",
  "history",
  "localStorage",
  "addEventListener",
  "removeEventListener",
  "dispatchEvent",
  "scrollTo",
  "requestAnimationFrame",
  "cancelAnimationFrame",
  "Element",
  "Event",
  "CustomEvent",
  "HTMLInputElement",
  "HTMLSelectElement",
  "HTMLTextAreaElement",
] as const;
/** Pieces of text apart from each other, as they are on a screen. */
function textsOf(node: Node): string[] {
  if (node.nodeName === "OPTION") return [];
  return node.nodeType === 3 ? [node.textContent ?? ""] : [...node.childNodes].flatMap(textsOf);
}

const WAIT_MS = 10_000;
const EFFECTS_MS = 60;

/**
 * The real modules on a DOM without a browser, against the real server. One tab at a time, because it
 * lives in the globals.
 */
export const openHappyTab: OpenTab = async ({ url, cookie, path }) => {
  const refused: string[] = [];
  const real = globalThis.fetch;
  let page = await load(path);

  async function load(at: string) {
    const window = new Window({ url: `${url}${at}` });
    const root = window.document.createElement("div");
    root.id = "app";
    window.document.body.append(root);
    for (const name of NAMES) {
      const value: unknown = window[name];
      const isPlain = typeof value === "function" && /^[a-z]/.test(name);
      vi.stubGlobal(name, isPlain ? value.bind(window) : value);
    }
    const end = new AbortController();
    vi.stubGlobal("fetch", fetchOf(end.signal));
    vi.resetModules();
    await import(/* @vite-ignore */ ENTRY);
    return { window, root, end };
  }

  /** As a browser does: addresses of the page, its cookie, and an end with the page, which hears nothing any more. */
  function fetchOf(end: AbortSignal): typeof fetch {
    return async (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("cookie", `aicd_session=${cookie}`);
      const signal = AbortSignal.any(init?.signal == null ? [end] : [end, init.signal]);
      const answer = await real(new URL(String(input), url), { ...init, headers, signal }).catch((error) => {
        // Told of a failure, its client would try again, through the globals of the next page.
        if (end.aborted) return new Promise<never>(() => undefined);
        throw error;
      });
      if (!answer.ok) refused.push(`${answer.status} ${init?.method ?? "GET"} ${input}`);
      return answer;
    };
  }

  async function unload(): Promise<void> {
    render(null, page.root as never);
    // Effects are taken back a moment after what they were for is gone.
    await pause(EFFECTS_MS);
    page.end.abort();
    await page.window.happyDOM.close();
  }

  const all = (selector: string) => [...page.window.document.querySelectorAll(selector)] as HTMLElement[];
  const clean = (text: string | null) => (text ?? "").replaceAll(/\s+/g, " ").trim();
  function find(role: "button" | "link" | "field", name: string): HTMLElement | undefined {
    if (role !== "field") {
      const named = all(role === "button" ? "button, summary" : "a[href]");
      return named.find((one) => (one.getAttribute("aria-label") ?? clean(one.textContent)) === name);
    }
    const labelled = all("label").find(
      (label) => clean((label.querySelector("span") ?? label).textContent) === name,
    );
    const inside = labelled?.querySelector("input, select, textarea") as HTMLElement | null | undefined;
    return inside ?? all("input, select, textarea").find((one) => one.getAttribute("aria-label") === name);
  }
  async function wait(role: "button" | "link" | "field", name: string): Promise<HTMLElement> {
    for (const start = Date.now(); Date.now() - start < WAIT_MS; await pause(10)) {
      const found = find(role, name);
      if (found !== undefined && !(found as { disabled?: boolean }).disabled) return found;
    }
    throw new Error(`no ${role} "${name}" on the page: ${clean(page.root.textContent).slice(0, 2_000)}`);
  }

  return {
    refused,
    text: async () => clean(textsOf(page.root as unknown as Node).join(" ")),
    has: async (role, name) => find(role, name) !== undefined,
    async click(role, name) {
      (await wait(role, name)).click();
      await pause(0);
    },
    async fill(label, value) {
      const field = (await wait("field", label)) as HTMLSelectElement;
      const option =
        field.tagName === "SELECT"
          ? [...field.options].find((one) => clean(one.textContent) === value)?.value
          : value;
      if (option === undefined) throw new Error(`"${label}" has no option "${value}"`);
      field.value = option;
      for (const type of ["input", "change"]) {
        field.dispatchEvent(new page.window.Event(type, { bubbles: true }));
      }
      await pause(0);
    },
    valueOf: async (label) => ((await wait("field", label)) as HTMLSelectElement).value,
    async go(next) {
      await unload();
      page = await load(next);
    },
    async reload() {
      const { pathname, search } = page.window.location;
      await unload();
      page = await load(pathname + search);
    },
    path: async () => page.window.location.pathname + page.window.location.search,
    count: async (selector) => all(selector).length,
    permissions: async () =>
      [...new Set(all("[data-permission]").map((one) => one.dataset.permission ?? ""))].sort(),
    async close() {
      await unload();
      vi.unstubAllGlobals();
    },
  } satisfies Tab;
};
