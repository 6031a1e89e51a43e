import { request as httpRequest } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openApiDocument } from "../http/document/openapi.ts";
import { ratesOf } from "../http/limits/rates.ts";
import { ROUTES } from "./routes.ts";
import { send } from "./testing/client.ts";
import { createApiWorld, FRONTEND } from "./testing/world.ts";

const usual = ratesOf(40);
const limits = {
  ...usual,
  organization: { ...usual.organization, capacity: 60 },
  stranger: { ...usual.stranger, capacity: 3 },
};
const world = await createApiWorld();
const narrow = await createApiWorld({ rates: limits });
const { ours } = world;
const token = ours.users.owner.token;
const base = `/v1/organizations/${ours.tenantId}`;

describe("a problem", () => {
  it("has type, title, status, detail and the request's id", async () => {
    const got = await send(world, { path: `${base}/tasks/tsk_nothing`, token });

    expect(got.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(got.headers.get("cache-control")).toBe("no-store");
    expect(got.body).toEqual({
      type: "urn:aicd:problem:missing",
      title: "Nothing was found",
      status: 404,
      detail: expect.any(String),
      instance: `urn:aicd:request:${got.headers.get("x-request-id")}`,
    });
  });

  it("points at everything that is wrong with a body", async () => {
    const body = { repository: "x", issueNumber: 0, colour: "red" };
    const got = await send(world, { method: "POST", path: `${base}/tasks`, token, body });
    const { errors } = got.body as { errors: { in: string; pointer: string }[] };

    expect(got.status).toBe(400);
    expect(errors.map((fault) => `${fault.in}${fault.pointer}`).sort()).toEqual([
      "body",
      "body/issueNumber",
      "body/repository",
    ]);
  });

  it.each([
    ["broken JSON", "{", 400],
    ["an empty body", "", 400],
    ["a body nested too deep", `${"[".repeat(70)}${"]".repeat(70)}`, 400],
    ["a body nested absurdly deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, 400],
    ["a body over 1 MB", JSON.stringify({ text: "x".repeat(1_100_000) }), 413],
  ])("answers %s", async (_name, body, status) => {
    const got = await send(world, { method: "POST", path: `${base}/tasks`, token, body });

    expect([got.status, got.headers.get("content-type")]).toEqual([
      status,
      "application/problem+json; charset=utf-8",
    ]);
  });

  it("answers a body of another type, another method and another address", async () => {
    const xml = await send(world, {
      method: "POST",
      path: `${base}/tasks`,
      token,
      body: "<a/>",
      headers: { "content-type": "text/xml" },
    });
    const method = await send(world, { method: "DELETE", path: `${base}/tasks`, token });
    const address = await send(world, { path: "/v1/nothing", token });

    expect(xml).toMatchObject({ status: 415, body: { type: "urn:aicd:problem:media-type" } });
    expect(method).toMatchObject({ status: 405, body: { type: "urn:aicd:problem:method-not-allowed" } });
    expect(method.headers.get("allow")).toBe("GET, HEAD, POST, OPTIONS");
    expect(address).toMatchObject({ status: 404, body: { type: "urn:aicd:problem:missing" } });
  });

  it("stops nobody's prototype", async () => {
    const body = `{"__proto__":{"admin":true},"repository":"${ours.repositoryId}","issueNumber":900}`;
    const got = await send(world, { method: "POST", path: `${base}/tasks`, token, body });

    expect(got.status).toBe(201);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe("a body", () => {
  const patch = (type: string) =>
    send(world, {
      method: "PATCH",
      path: `${base}/settings`,
      token: ours.users.owner.token,
      body: "{}",
      headers: { "content-type": type },
    });

  it("may be called a merge patch, and is never text", async () => {
    expect((await patch("application/merge-patch+json")).status).toBe(200);
    expect((await patch("text/plain")).status).toBe(415);
  });
});

describe("what an address takes", () => {
  it("is told to OPTIONS, and HEAD is refused where there is a stream", async () => {
    const options = await send(world, { method: "OPTIONS", path: `${base}/repositories`, token });
    const stream = await send(world, { method: "HEAD", path: `${base}/tasks/stream`, token });
    const list = await send(world, { method: "HEAD", path: `${base}/repositories`, token });

    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
    expect([stream.status, stream.headers.get("allow")]).toEqual([405, "GET, OPTIONS"]);
    expect([list.status, list.text]).toEqual([200, ""]);
  });
});

describe("a long answer", () => {
  it.each(["br", "gzip"])("is sent as %s to who takes it, with the same tag", async (encoding) => {
    const read = (value: string) =>
      fetch(`${world.url}/openapi.json`, { headers: { "accept-encoding": value } });
    const [packed, plain] = [await read(encoding), await read("identity")];

    expect([packed.headers.get("content-encoding"), plain.headers.get("content-encoding")]).toEqual([
      encoding,
      null,
    ]);
    expect(packed.headers.get("vary")).toContain("accept-encoding");
    expect(await packed.text()).toBe(await plain.text());
    expect(packed.headers.get("etag")).toBe(plain.headers.get("etag"));
  });

  it("is not sent again when it is the document that the caller has", async () => {
    const etag = (await send(world, { path: "/openapi.json" })).headers.get("etag") ?? "";

    expect((await send(world, { path: "/openapi.json", headers: { "if-none-match": etag } })).status).toBe(
      304,
    );
  });
});

describe("an ETag", () => {
  it("spares the second answer while nothing changed", async () => {
    const first = await send(world, { path: `${base}/repositories`, token });
    const etag = first.headers.get("etag") ?? "";
    const again = (value: string) =>
      send(world, { path: `${base}/repositories`, token, headers: { "if-none-match": value } });

    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect([
      (await again(etag)).status,
      (await again(`W/${etag}, "x"`)).status,
      (await again('"x"')).status,
    ]).toEqual([304, 304, 200]);
  });
});

describe("limits", () => {
  it("slow one caller down, tell them when to come back, and let them", async () => {
    const path = `/v1/organizations/${narrow.ours.tenantId}`;
    const read = (role: "owner" | "viewer" | "billing") =>
      send(narrow, { path, token: narrow.ours.users[role].token });
    const first = await read("owner");
    let last = first;
    for (let i = 1; i <= 40; i++) last = await read("owner");

    expect(first.headers.get("ratelimit-policy")).toBe('"caller";q=40;w=60, "organization";q=60;w=60');
    expect(first.headers.get("ratelimit")).toMatch(/^"caller";r=39;t=\d+, "organization";r=59;t=\d+$/);
    expect(last).toMatchObject({ status: 429, body: { type: "urn:aicd:problem:limited" } });
    expect((await read("viewer")).status).toBe(200);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + Number(last.headers.get("retry-after")) * 1_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await read("owner")).status).toBe(200);
  });

  it("slow a whole organisation down, and no other one", async () => {
    const read = (org: typeof narrow.ours, role: "admin" | "member" | "viewer") =>
      send(narrow, { path: `/v1/organizations/${org.tenantId}`, token: org.users[role].token });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
    onTestFinished(() => void vi.useRealTimers());
    for (const role of ["admin", "member"] as const)
      for (let i = 0; i < 35; i++) await read(narrow.ours, role);

    expect((await read(narrow.ours, "viewer")).status).toBe(429);
    expect((await read(narrow.theirs, "viewer")).status).toBe(200);
  });

  it("slow down who guesses, but not who knows from the same address", async () => {
    const guess = () => send(narrow, { path: "/v1/organizations", token: "aicd_live_guess" });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await guess()).status);

    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect(
      (await send(narrow, { path: "/v1/organizations", token: narrow.ours.users.owner.token })).status,
    ).toBe(200);
  });
});

describe("other origins", () => {
  const preflight = (origin: string) =>
    send(world, {
      method: "OPTIONS",
      path: `${base}/tasks`,
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-csrf-token",
      },
    });

  it("may ask and read if they are the frontend", async () => {
    const asked = await preflight(FRONTEND);
    const read = await send(world, { path: base, token, headers: { origin: FRONTEND } });

    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe(FRONTEND);
    expect(asked.headers.get("access-control-allow-credentials")).toBe("true");
    expect(asked.headers.get("access-control-allow-headers")).toContain("x-csrf-token");
    expect(read.headers.get("access-control-allow-origin")).toBe(FRONTEND);
    expect(read.headers.get("vary")).toContain("origin");
  });

  it.each(["https://evil.example", "null", `${FRONTEND}.evil.example`])(
    "may not if they are %s",
    async (origin) => {
      const asked = await preflight(origin);
      const read = await send(world, { path: base, token, headers: { origin } });

      expect(asked.headers.get("access-control-allow-origin")).toBeNull();
      expect(read.headers.get("access-control-allow-origin")).toBeNull();
    },
  );
});

describe("the document", () => {
  it("is OpenAPI 3.1 with every route, and always the same", async () => {
    const got = await send(world, { path: "/openapi.json" });
    const document = got.body as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

    expect(document.openapi).toBe("3.1.0");
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      ROUTES.map(({ id }) => id).sort(),
    );
    expect(document).toEqual(openApiDocument(ROUTES, world.deps.publicUrl));
  });

  it("has a page that needs nothing from elsewhere", async () => {
    const page = await send(world, { path: "/docs" });
    const own = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? "");

    expect(own.every((url) => url.startsWith("/"))).toBe(true);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    for (const path of own) expect([path, (await send(world, { path })).status]).toEqual([path, 200]);
  });
});

describe("the wire", () => {
  const raw = (path: string, method = "GET") =>
    new Promise<{ status: number | undefined; type: string | undefined }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      httpRequest(`${world.url}${path}`, { method, headers }, (got) => {
        got.resume();
        resolve({ status: got.statusCode, type: got.headers["content-type"] });
      })
        .on("error", reject)
        .end();
    });

  it.each([
    ["an address that cannot be decoded", "/v1/organizations/%zz/tasks", "GET", 400],
    ["an id that is far too long", `/v1/organizations/${"x".repeat(500)}`, "GET", 404],
    ["a method that nobody uses", `/v1/organizations/${ours.tenantId}`, "TRACE", 405],
  ])("answers %s with a problem", async (_name, path, method, status) => {
    expect(await raw(path, method)).toEqual({ status, type: "application/problem+json; charset=utf-8" });
  });
});
