import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createApiWorld } from "../api/testing/world.ts";
import { loadAssets } from "./assets.ts";

const world = await createApiWorld();
const { url, ours } = world;
const assets = loadAssets();
const cookie = `aicd_session=${ours.users.viewer.cookie}`;

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}${path}`, { redirect: "manual", ...init });
}

describe("a page", () => {
  const addresses = [
    "/",
    "/organizations/ours",
    "/organizations/ours/tasks?state=FAILED",
    "/organizations/ours/tasks/tsk_1",
    "/organizations/ours/audit-log",
    "/organizations/ours/webhooks",
    "/organizations/ours/webhooks/whe_1",
  ];

  it.each(addresses)("%s tells strangers what this is, without a script", async (address) => {
    const answer = await get(address);
    const html = await answer.text();

    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(html).toContain("Turns a GitHub issue into a reviewed pull request");
    expect(html).not.toContain("<script");
    expect(answer.headers.get("content-security-policy")).toContain("script-src 'none'");
  });

  it.each(addresses)("%s gives the dashboard to who is signed in", async (address) => {
    const html = await (await get(address, { headers: { cookie } })).text();

    expect(html).toContain(`<script type="module" src="${assets.entry}">`);
  });

  it("is never kept, framed, sniffed, or run with anything but our own files", async () => {
    for (const headers of [{}, { cookie }]) {
      const { headers: got } = await get("/", { headers });
      const policy = got.get("content-security-policy") ?? "";

      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(got.get("x-content-type-options")).toBe("nosniff");
      expect(got.get("referrer-policy")).toBe("same-origin");
      expect(got.get("cache-control")).toBe("no-store");
    }
  });

  it("has no inline script but the map of names, which the policy knows by its hash", async () => {
    const answer = await get("/", { headers: { cookie } });
    const html = await answer.text();
    const inline = [...html.matchAll(/<script(?![^>]*src=)[^>]*>/g)].map(([tag]) => tag);

    expect(inline).toEqual(['<script type="importmap">']);
    expect(answer.headers.get("content-security-policy")).toMatch(/script-src 'self' 'sha256-[\w+/]{43}='/);
    expect(html).not.toMatch(/ on\w+=| style=/);
  });

  it("answers HEAD like GET, without the body", async () => {
    const answer = await get("/", { method: "HEAD" });

    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await answer.text()).toBe("");
  });

  it("comes back after signing in to where somebody wanted to go, whatever is in the address", async () => {
    const html = await (await get('/organizations/ours/tasks?author="><script>')).text();

    expect(html).not.toContain('"><script>');
  });

  it.each(["/organizations/ours/nothing", "/organizations/ours/members/x", "/organizations", "/tasks"])(
    "%s is not there",
    async (address) => {
      expect((await get(address, { headers: { cookie } })).status).toBe(404);
    },
  );
});

it("tells a browser that lost its way in words, and a program in JSON", async () => {
  const path = "/auth/github/callback?error=access_denied&state=<b>";
  const page = await get(path, { headers: { accept: "text/html,*/*;q=0.8" } });
  const data = await get(path, { headers: { accept: "application/json" } });

  expect([page.status, data.status]).toEqual([400, 400]);
  expect(page.headers.get("content-security-policy")).toContain("script-src 'none'");
  expect(await page.text()).toContain("The sign-in was declined on GitHub.");
  expect(data.headers.get("content-type")).toContain("application/problem+json");
});

describe("an asset", () => {
  it("may be kept for ever, and comes small to who takes gzip", async () => {
    const plain = await get(assets.entry, { headers: { "accept-encoding": "identity" } });
    const packed = await get(assets.entry, { headers: { "accept-encoding": "br, gzip" } });

    expect(plain.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(plain.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(plain.headers.get("x-content-type-options")).toBe("nosniff");
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(packed.headers.get("vary")).toContain("accept-encoding");
    expect(await packed.text()).toBe(await plain.text());
  });

  it("is on the list or not there", async () => {
    const [, , digest = ""] = assets.entry.split("/");
    const outside = [
      "/assets/",
      `/assets/${digest}/app/`,
      `/assets/${digest}/app/../../server.ts`,
      `/assets/${digest}/app/%2e%2e/%2e%2e/server.ts`,
      `/assets/${digest}/app/..%2f..%2fserver.ts`,
      `/assets/${digest}/app/tsconfig.json`,
      `/assets/${digest}/sdk/client.test.ts`,
      `/assets/${digest}/routes.ts`,
      assets.entry.replace(digest, "x".repeat(22)),
    ];
    for (const path of outside) expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it("has no types left, and nothing that the browser could not find", () => {
    const known = new Set(assets.modules);
    for (const { url: at, bytes } of assets.files.filter(({ type }) => type.startsWith("text/javascript"))) {
      const text = bytes.toString();
      for (const [, name = ""] of text.matchAll(/^(?:import|export) .*from "(\.[^"]+)";$/gm)) {
        expect(known).toContain(new URL(name, `http://here${at}`).pathname);
      }
      expect(text).not.toMatch(/^(?:import|export) type /m);
    }
  });

  it("makes a first view of less than 100 kB, all together", () => {
    const bytes = assets.files.reduce((sum, { gzip }) => sum + gzip.byteLength, 0);

    expect(bytes).toBeLessThan(100_000);
  });
});

describe("the API's addresses", () => {
  it.each([
    ["/v1/organizations", 401],
    ["/openapi.json", 200],
    ["/docs", 200],
    ["/auth/session", 401],
    ["/v1/nothing", 404],
  ])("%s still answers %i", async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});

it("puts text into the page as text: nothing in our modules makes markup of it", () => {
  const directory = join(import.meta.dirname, "browser");
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const markup = /innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|\beval\b|new Function|srcdoc/i;

  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((name) => markup.test(readFileSync(join(directory, name), "utf8")))).toEqual([]);
});

it("is slow to who asks for pages without end, and says when to come back", async () => {
  const tries = await Promise.all(
    Array.from({ length: 320 }, () =>
      get("/", { headers: { cookie: "aicd_session=made-up", accept: "text/html" } }),
    ),
  );
  const slowed = tries.filter(({ status }) => status === 429);

  expect(slowed.length).toBeGreaterThan(0);
  expect(Number(slowed[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await slowed[0]?.text()).toContain("Come back in");
});
