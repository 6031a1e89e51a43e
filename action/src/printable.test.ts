import { expect, it } from "vitest";
import { printable } from "./state.ts";

it.each([
  ["plain words", "plain words"],
  ["a::b is fine", "a::b is fine"],
  ["::set-output name=x::1", ": :set-output name=x::1"],
  ["ok\n  ::add-mask::x", "ok\n  : :add-mask::x"],
  ["x ##[command]rm", "x ## [command]rm"],
])("makes %j harmless in the log", (text, shown) => {
  expect(printable(text)).toBe(shown);
});
