import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FIELD, fieldRows } from "../field/rows.ts";

const root = join(import.meta.dirname, "../..");

/** Titles as the source has them: a test that is renamed or gone leaves its row without one. */
function hasTest(held: string): boolean {
  const at = held.indexOf(": ");
  const source = readFileSync(join(root, held.slice(0, at)), "utf8");
  return source.includes(`"${held.slice(at + 2)}"`);
}

it.each(Object.entries(FIELD))("%s: every row is held by a test that is there", (_, rows) => {
  const gone = rows.flatMap(({ held }) => held.filter((one) => !hasTest(one)));

  expect(gone).toEqual([]);
});

it("every row says what it is, once, and has a test", () => {
  const rows = fieldRows();

  expect(new Set(rows.map(({ what }) => what)).size).toBe(rows.length);
  expect(rows.filter(({ held }) => held.length === 0)).toEqual([]);
});
