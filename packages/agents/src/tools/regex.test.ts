import { expect, it } from "vitest";
import { toExtended } from "./regex.ts";

it.each([
  ["plain text", "plain text"],
  ["\\d+\\.\\d", "[0-9]+\\.[0-9]"],
  ["[\\w.-]+@", "[[:alnum:]_.-]+@"],
  ["[^\\]\\s]", "[^][:space:]]"],
  ["[a\\-z]", "[az-]"],
  ["(?:a|b)+?c", "(a|b)+c"],
  ["\\(?:", "\\(?:"],
  ["a\\\\d", "a\\\\d"],
  ["[[:digit:]x]", "[[:digit:]x]"],
  ["[]x]", "[]x]"],
  ["foo(", "foo("],
  ["main\\(\\) {", "main\\(\\) \\{"],
  ["a{2}b{1,}?", "a{2}b{1,}"],
  ["[open", "[open"],
])("turns %s into %s", (pattern, extended) => {
  expect(toExtended(pattern)).toEqual({ kind: "pattern", pattern: extended });
});

it.each(["a(?=b)", "(?<!x)y", "(?i)abc"])("names what it cannot search for in %s", (pattern) => {
  expect(toExtended(pattern)).toMatchObject({ kind: "unknown", what: expect.stringContaining("(?") });
});
