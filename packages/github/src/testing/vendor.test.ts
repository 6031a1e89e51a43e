import { afterAll, beforeAll, expect, it } from "vitest";
import { API, createVendor } from "./vendor.ts";

const vendor = createVendor();
beforeAll(() => vendor.open());
afterAll(() => vendor.close());

it("gives the answers of a call in their order", async () => {
  vendor.answers("GET /user?page=1", [{ status: 500 }, { status: 200, body: { id: 1 } }]);

  const first = await fetch(`${API}/user?page=1`);
  const second = await fetch(`${API}/user?page=1`);

  expect([first.status, second.status, await second.json()]).toEqual([500, 200, { id: 1 }]);
  expect(() => vendor.verify()).not.toThrow();
});

it("an answer that nobody fetches fails the test", () => {
  vendor.answers("GET /user", { status: 200, body: {} });

  expect(() => vendor.verify()).toThrow(/not fetched: GET .*\/user/);
});

it.each([
  ["at a known address, with another path", "GET", `${API}/users`],
  ["at a known path, with another method", "DELETE", `${API}/user`],
  ["at another address", "GET", "https://example.com/elsewhere"],
])("a call %s fails the test, though its caller may swallow it", async (_, method, url) => {
  vendor.answers("GET /user", { status: 200, body: {} });
  await fetch(`${API}/user`);

  await fetch(url, { method }).catch(() => undefined);

  expect(() => vendor.verify()).toThrow(`not expected: ${method} ${url}`);
});

it("a call with another body fails the test", async () => {
  vendor.answers("POST /graphql", { status: 200, body: {} }, { query: "a" });

  await fetch(`${API}/graphql`, {
    method: "POST",
    body: '{"query":"b"}',
    headers: { "content-type": "application/json" },
  });

  expect(() => vendor.verify()).toThrow(/^not expected: POST .*\nnot fetched: POST .*$/);
});

it("one test's expectations are not the next one's", () => {
  expect(() => vendor.verify()).not.toThrow();
});

it("a connection that breaks has no status", async () => {
  vendor.answers("GET /user", { down: true });

  await expect(fetch(`${API}/user`)).rejects.toThrow();

  expect(() => vendor.verify()).not.toThrow();
});
