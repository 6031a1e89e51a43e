import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

test.each([
  ["a template string", (secret: Secret) => `${secret}`],
  ["JSON", (secret: Secret) => JSON.stringify({ secret })],
  ["inspection", (secret: Secret) => inspect({ secret }, { showHidden: true, depth: 9 })],
  ["its keys", (secret: Secret) => Object.entries(secret).join()],
])("%s does not show the value", (_name, show) => {
  expect(show(new Secret("hush-hush"))).not.toContain("hush");
});

test("reveal gives the value", () => {
  expect(new Secret("hush-hush").reveal()).toBe("hush-hush");
});
