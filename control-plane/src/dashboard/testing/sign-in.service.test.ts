import { expect, it, onTestFinished } from "vitest";
import { createBrowser } from "../../../../test/world/browser.ts";
import { createWorld, HUMAN } from "../../../../test/world/world.ts";
import { findChromium, launch } from "./chromium.ts";

const world = await createWorld({});
const { url } = world;
const tasks = "/organizations/acme/tasks";

it("leads from the page for strangers over GitHub to where somebody wanted to go", async () => {
  const browser = createBrowser();
  const page = await (await browser.fetch(`${url}${tasks}`)).text();
  const link = /href="(\/auth\/github[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";

  const landed = await browser.signIn(`${url}${link}`, HUMAN);

  expect(landed.headers.get("location")).toBe(`${url}${tasks}`);
  const dashboard = await (await browser.fetch(`${url}${tasks}`)).text();
  expect(dashboard).toContain('<script type="module"');
});

it("answers a browser with a page also where there is none", async () => {
  const page = await fetch(`${url}/nowhere`, { headers: { accept: "text/html" } });
  const data = await fetch(`${url}/nowhere`);

  expect([page.status, data.status]).toEqual([404, 404]);
  expect(await page.text()).toContain("There is no page at this address.");
  expect(data.headers.get("content-type")).toContain("application/problem+json");
});

const path = findChromium();

it.skipIf(path === undefined)(
  "signs in, sees an issue become a task, and signs out, in a real browser",
  async () => {
    const browser = await launch(path ?? "");
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${url}${tasks}`);

    await page.getByRole("link", { name: "Sign in with GitHub" }).click();
    await page.getByRole("button", { name: `Authorize as ${HUMAN}` }).click();
    await page.getByText("No task yet").waitFor();
    const issue = await world.person.openIssue("acme/widget", {
      title: "The widget is late",
      body: "By a second.",
    });
    await world.person.label("acme/widget", issue.number, "aicd");
    await page.getByText(`acme/widget#${issue.number}`).waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in with GitHub" }).waitFor();
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain("aicd_session");
  },
);

it.skipIf(path === undefined)(
  "leads whose session ended back to where they wanted to go, once they have signed in again",
  async () => {
    const browser = await launch(path ?? "");
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const signIn = async () => {
      await page.getByRole("link", { name: "Sign in with GitHub" }).click();
      await page.getByRole("button", { name: `Authorize as ${HUMAN}` }).click();
    };
    // A page that asks once and then for nothing, so that only the click finds the session gone.
    await page.goto(`${url}/organizations/acme/members`);
    await signIn();
    await page.getByText(`${HUMAN} (you)`).waitFor();
    await world.database.pool.query("DELETE FROM sessions");

    await page.getByRole("link", { name: "Usage" }).click();
    await signIn();

    await page.getByRole("heading", { name: "Usage" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/organizations/acme/usage");
  },
);
