import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { chromiumEnv } from "./env.ts";
import type { OpenTab, Tab } from "./tab.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Where this machine has a browser; undefined: nowhere. */
export function findChromium(): string | undefined {
  const { CHROME_PATH, PATH } = chromiumEnv();
  if (CHROME_PATH !== undefined) return CHROME_PATH;
  const paths = PATH.split(delimiter).flatMap((directory) => NAMES.map((name) => join(directory, name)));
  return paths.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: to a search the two are the same.
    return false;
  }
}

export function launch(executablePath: string): Promise<Browser> {
  // Containers and root have no namespaces for its sandbox; it only ever opens our own pages.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** A tab of a real browser. What its console or the page's policy complains about is collected in `faults`. */
export function chromiumTabs(browser: Browser, faults: string[]): OpenTab {
  return async ({ url, cookie, path }) => {
    const context = await browser.newContext();
    await context.addCookies([{ name: "aicd_session", value: cookie, url, httpOnly: true, sameSite: "Lax" }]);
    const page = await context.newPage();
    const refused: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      // That an answer was a refusal is the page's to show; the browser mentions it as well.
      const text = message.text();
      if (message.type() === "error" && !/Failed to load resource/.test(text)) faults.push(text);
    });
    page.on("response", (answer) => {
      const { pathname } = new URL(answer.url());
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.request().method()} ${pathname}`);
    });
    await page.goto(`${url}${path}`);
    const clean = (text: string) => text.replaceAll(/\s+/g, " ").trim();
    const find = (role: "button" | "link" | "field", name: string) =>
      role === "field"
        ? page
            .getByLabel(name, { exact: true })
            .or(page.getByLabel(new RegExp(`^${RegExp.escape(name)}`)))
            .first()
        : page.getByRole(role, { name, exact: true }).first();
    return {
      refused,
      // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not seen by anybody
      text: async () => clean(await page.locator("body").innerText()),
      has: async (role, name) => (await find(role, name).count()) > 0,
      click: (role, name) => find(role, name).click(),
      async fill(label, value) {
        const field = find("field", label);
        if ((await field.evaluate((one) => one.nodeName)) === "SELECT")
          await field.selectOption({ label: value });
        else {
          await field.fill(value);
          await field.blur();
        }
      },
      valueOf: (label) => find("field", label).inputValue(),
      go: async (next) => void (await page.goto(`${url}${next}`)),
      reload: async () => void (await page.reload()),
      path: async () => {
        const { pathname, search } = new URL(page.url());
        return pathname + search;
      },
      count: (selector) => page.locator(selector).count(),
      permissions: async () => {
        const all = await page.locator("[data-permission]").all();
        const names = await Promise.all(all.map((one) => one.getAttribute("data-permission")));
        return [...new Set(names.map((name) => name ?? ""))].sort();
      },
      close: () => context.close(),
    } satisfies Tab;
  };
}
