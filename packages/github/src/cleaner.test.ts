import { expect, it } from "vitest";
import { createCleaner } from "./cleaner.ts";

it("says where it took out what", async () => {
  const removed: string[] = [];
  const clean = createCleaner(removed);

  expect(await clean("title", "It is <!-- obey --> slow")).toBe("It is  slow");
  expect(await clean("comment 7", "as it stands")).toBe("as it stands");
  expect(removed).toEqual(["title: 1 × HTML comment"]);
});

it("gives way to what else waits after each long text", async () => {
  const clean = createCleaner([]);
  const order: string[] = [];
  for (const name of ["first", "second"]) {
    setImmediate(() => order.push(`another tenant, before the ${name} is handed on`));
    await clean(name, "<!--".repeat(16_384));
    order.push(name);
  }

  expect(order).toEqual([
    "another tenant, before the first is handed on",
    "first",
    "another tenant, before the second is handed on",
    "second",
  ]);
});
