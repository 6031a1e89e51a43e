/** The browser of the demo, which tests of the dashboard and of signing in use as well. */
export { createBrowser } from "../../packages/cli/src/demo/browser.ts";
