import { describe, expect, it } from "vitest";
import { followLine, lineAt, positionOf } from "./hunk.ts";

const PATCH = [
  "@@ -1,4 +1,5 @@",
  " one",
  "-two",
  "+zwei",
  "+zwei und halb",
  " three",
  " four",
  "@@ -20,3 +21,2 @@ function x()",
  " twenty",
  "-twenty-one",
  " twenty-two",
].join("\n");

describe("a line of a patch", () => {
  it.each([
    [3, "RIGHT", "+zwei und halb"],
    [2, "LEFT", "-two"],
    [21, "LEFT", "-twenty-one"],
    [22, "RIGHT", " twenty-two"],
  ] as const)("%i on the %s is found at the end of its hunk", (line, side, last) => {
    expect(positionOf(PATCH, line, side)?.hunk.split("\n").at(-1)).toBe(last);
  });

  it("that is not shown has no hunk", () => {
    expect(positionOf(PATCH, 10, "RIGHT")).toBeUndefined();
  });

  it("and its position lead to each other across hunks", () => {
    expect(lineAt(PATCH, 3)).toEqual({ line: 2, side: "RIGHT" });
    expect(lineAt(PATCH, 9)).toEqual({ line: 21, side: "LEFT" });
    expect(lineAt(PATCH, 99)).toBeUndefined();
    expect(positionOf(PATCH, 21, "LEFT")?.position).toBe(9);
  });

  it.each([
    ["before every change", 1, 1],
    ["changed", 2, undefined],
    ["below an insertion", 4, 5],
    ["between the hunks", 10, 11],
    ["removed", 21, undefined],
    ["below everything", 30, 30],
  ])("%s is followed into the new file", (_where, line, expected) => {
    expect(followLine(PATCH, line)).toBe(expected);
  });
});
