import { createLogger, createRedactor } from "@aicd/ops";
import { expect, it, onTestFinished } from "vitest";
import { runSetup } from "./server.ts";

async function open(): Promise<string> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const address = Promise.withResolvers<string>();
  void runSetup({
    port: 0,
    host: "127.0.0.1",
    publicUrl: undefined,
    fleet: false,
    serverUrl: "https://github.example",
    apiUrl: "https://github.example",
    log: createLogger({ level: "fatal", redactor: createRedactor() }),
    token: "t".repeat(32),
    signal: stop.signal,
    ready: address.resolve,
  });
  return address.promise;
}

it("opens the setup page to whoever has the printed address, and to nobody else", async () => {
  const address = await open();

  const page = await fetch(address);

  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Who owns the App?");
  const printed = new URL(address).searchParams.get("token") ?? "";
  expect(printed.length).toBeGreaterThan(20);
  for (const query of [
    "/",
    "/?token=",
    "/?token=wrong",
    `/?token=${"é".repeat(printed.length)}`,
    `/?token=${printed}&token=x`,
  ]) {
    const closed = await fetch(new URL(query, address));
    expect(closed.status).toBe(403);
    expect(await closed.text()).not.toContain("state=");
  }
});

it("refuses a callback whose state only looks as long as the right one", async () => {
  const address = await open();

  const answer = await fetch(new URL(`/setup/callback?code=abc&state=${"é".repeat(32)}`, address));

  expect(answer.status).toBe(400);
});

it.each([
  ["account=personal", "https://github.example/settings/apps/new?state=", false, undefined],
  [
    "account=organization&owner=acme&visibility=public&workflows=yes",
    "https://github.example/organizations/acme/settings/apps/new?state=",
    true,
    "write",
  ],
])(
  "posts the manifest to the address of the future owner: %s",
  async (query, action, isPublic, workflows) => {
    const page = await (await fetch(`${await open()}&${query}`)).text();

    const manifest = /name="manifest" value="([^"]*)"/.exec(page)?.[1]?.replaceAll("&quot;", '"') ?? "{}";
    expect(page).toContain(`action="${action}`);
    expect(JSON.parse(manifest)).toMatchObject({ public: isPublic });
    expect(JSON.parse(manifest).default_permissions.workflows).toBe(workflows);
  },
);

it.each(["", "a/b", "-x", '"><script>'])("asks again for a login that is none: %j", async (owner) => {
  const query = new URLSearchParams({ account: "organization", owner });
  const page = await (await fetch(`${await open()}&${query}`)).text();

  expect(page).toContain("Name the organization by its login");
  expect(page).not.toContain("<script>");
  expect(page).not.toContain("settings/apps/new");
});
