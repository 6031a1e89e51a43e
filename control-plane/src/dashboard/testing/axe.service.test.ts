import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { createApiWorld } from "../../api/testing/world.ts";
import { chromiumTabs, findChromium, launch } from "./chromium.ts";
import { createVisits } from "./visits.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const path = findChromium();

if (path === undefined) {
  it.skip("needs Chromium on the PATH or in CHROME_PATH: what is seen can only be judged where it is drawn", () => {});
} else {
  const browser = await launch(path);
  afterAll(() => browser.close());
  const world = await createApiWorld();
  const { ours, url } = world;
  const visits = createVisits(world, chromiumTabs(browser, []));
  const written = await visits.plantRead("A change to be read");
  const pages = [
    "tasks",
    `tasks/${ours.taskId}`,
    `tasks/${ours.failedTaskId}`,
    `tasks/${written}`,
    "repositories",
    `repositories/${ours.repositoryId}`,
    "runners",
    "usage",
    "billing",
    "members",
    "api-keys",
    "secrets",
    "webhooks",
    `webhooks/${ours.endpointId}`,
    "settings",
    "audit-log",
  ];

  describe.each(["light", "dark"] as const)("axe in a %s theme", (colorScheme) => {
    it.each(pages)("finds nothing to complain about at %s", async (page) => {
      // axe is put into the page from outside, which the page's own policy is there to refuse.
      const context = await browser.newContext({ colorScheme, bypassCSP: true });
      onTestFinished(() => context.close());
      await context.addCookies([{ name: "aicd_session", value: ours.users.owner.cookie, url }]);
      const tab = await context.newPage();
      await tab.goto(`${url}${visits.base}/${page}`);
      await tab.locator("main h1").waitFor();
      await expect.poll(() => tab.locator(".waiting").count()).toBe(0);
      if (page.endsWith(written)) await tab.locator(".diff").first().waitFor();
      await tab.evaluate(() => {
        for (const folded of document.querySelectorAll("details")) folded.open = true;
      });

      await tab.addScriptTag({ path: AXE });
      const { violations } = await tab.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );

      expect(
        violations.map(({ id, nodes }) => [
          id,
          nodes.map(({ html, failureSummary }) => [html, failureSummary]),
        ]),
      ).toEqual([]);
    });
  });
}
