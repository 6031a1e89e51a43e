import { expect, test } from "vitest";
import { nearNames } from "./near-names.ts";

const OURS = ["PORT", "DATABASE_URL", "ANTHROPIC_API_KEY", "ENCRYPTION_KEY"];

test.each([
  ["ANTROPIC_API_KEY", "ANTHROPIC_API_KEY"],
  ["ANTHROPIC_APIKEY", "ANTHROPIC_API_KEY"],
  ["DATABASE_URI", "DATABASE_URL"],
  ["database_url", "DATABASE_URL"],
  ["ENCRYPTION_KEYS", "ENCRYPTION_KEY"],
])("%s may have been meant to be %s", (wrong, right) => {
  expect(nearNames(OURS, [wrong])).toEqual([{ wrong, right }]);
});

test.each([["PATH"], ["POST"], ["DATABASE_POOL_URL"], ["OTHER_API_KEY"]])(
  "%s is another program's",
  (name) => {
    expect(nearNames(OURS, [name])).toEqual([]);
  },
);

test("a name like one that is set needs no word", () => {
  expect(nearNames(OURS, ["DATABASE_URL", "DATABASE_URI"])).toEqual([]);
});
