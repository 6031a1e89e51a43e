import { expect, it } from "vitest";
import { filtersOf, groupOf } from "../browser/pages/filters.ts";

const search = (query: string) => new URLSearchParams(query);

it("an address filters by a group of states, or by one", () => {
  expect(filtersOf(search("state=Pull request open"))).toEqual({ state: ["PR_OPEN"] });
  expect(filtersOf(search("state=CODING&author=mona"))).toEqual({ state: ["CODING"], author: "mona" });
});

// Every object answers to these, and none of them is a filter.
it.each(["constructor", "__proto__", "toString", "hasOwnProperty", ""])("%j filters nothing", (word) => {
  expect(filtersOf(search(`state=${word}`))).toEqual({});
  expect(groupOf(search(`by=${word}`))).toBe("repository");
});
