import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REQUIREMENTS, requirementsPage } from "../security/requirements.ts";
import { hasTest } from "./has-test.ts";

it("every requirement from R1 to R60 has a row, and what is done has a test", () => {
  const ids = Array.from({ length: 60 }, (_, index) => `R${index + 1}`);

  expect(Object.keys(REQUIREMENTS)).toEqual(ids);
  expect(
    ids.filter((id) => REQUIREMENTS[id]?.state === "done" && REQUIREMENTS[id].held.length === 0),
  ).toEqual([]);
});

it.each(Object.entries(REQUIREMENTS))("%s is held by tests that are there", (_, { held }) => {
  expect(held.filter((one) => !hasTest(one))).toEqual([]);
});

it("the page for readers is the table: else run `npm run security:page`", () => {
  const page = readFileSync(join(import.meta.dirname, "../../.github/SECURITY-REQUIREMENTS.md"), "utf8");

  expect(page).toBe(requirementsPage());
});
