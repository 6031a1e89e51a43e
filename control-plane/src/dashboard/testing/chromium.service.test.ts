import { afterAll, describe, expect, it } from "vitest";
import { createApiWorld } from "../../api/testing/world.ts";
import { chromiumTabs, findChromium, launch } from "./chromium.ts";
import { describeFlows } from "./flows.ts";

const path = findChromium();

if (path === undefined) {
  it.skip("needs Chromium on the PATH or in CHROME_PATH; the same flows run without a browser", () => {});
} else {
  const browser = await launch(path);
  afterAll(() => browser.close());
  const faults: string[] = [];
  const world = await createApiWorld();
  describe("in a real browser", () => {
    describeFlows(world, chromiumTabs(browser, faults));

    it("nothing was thrown, and nothing was against the page's own policy", () => {
      expect(faults).toEqual([]);
    });
  });
}
