import { expect, it } from "vitest";
import { FIELD, fieldRows } from "../field/rows.ts";
import { hasTest } from "./has-test.ts";

it.each(Object.entries(FIELD))("%s: every row is held by a test that is there", (_, rows) => {
  const gone = rows.flatMap(({ held }) => held.filter((one) => !hasTest(one)));

  expect(gone).toEqual([]);
});

it("every row says what it is, once, and has a test", () => {
  const rows = fieldRows();

  expect(new Set(rows.map(({ what }) => what)).size).toBe(rows.length);
  expect(rows.filter(({ held }) => held.length === 0)).toEqual([]);
});
