import type { ChangeSet } from "@aicd/core";
import { expect, it } from "vitest";
import { changedCode } from "./changed-code.ts";

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `export const line${from + index} = ${from + index};`);
/** Line 100 begins `middle`, which ends in line 104. */
const LONG = [
  ...lines(1, 99),
  "export function middle(a: number): number {",
  "  const b = a + 1;",
  "  return b;",
  "  // the end",
  "}",
  ...lines(105, 300),
];

function written(path: string, text: readonly string[], baseMode: "100644" | null = "100644") {
  const contentBase64 = Buffer.from(`${text.join("\n")}\n`).toString("base64");
  return { kind: "write", path, mode: "100644", baseMode, contentBase64 } as const;
}

function changeSet(...files: ChangeSet["files"]): ChangeSet {
  return { baseSha: "b", title: "", summary: "", files };
}

function diffOf(path: string, ...hunks: string[]): string {
  return [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`, ...hunks].join("\n");
}

it("shows the function a change is in whole, of a long file nothing else", () => {
  const diff = diffOf(
    "a.ts",
    "@@ -99,4 +99,4 @@",
    ...LONG.slice(98, 101).map((line) => ` ${line}`),
    "-  return a;",
    "+  return b;",
  );

  const [excerpt, ...more] = changedCode(diff, changeSet(written("a.ts", LONG)));

  expect(more).toEqual([]);
  expect(excerpt).toEqual({ path: "a.ts", from: 100, to: 104, text: LONG.slice(99, 104).join("\n") });
});

it.each([
  ["python", ["def f(", "    a,", "):", "    b = a", "", "    return b", "", "x = 1"], 4, [1, 6]],
  [
    "go",
    ["func f(a int) int {", "\tb := a", "\tif b > 0 {", "\t\treturn b", "\t}", "\treturn 0", "}"],
    4,
    [1, 7],
  ],
  [
    "a class",
    ["class A {", "  x = 1;", "  get(n) {", "    const m = n;", "    return m;", "  }", "}"],
    5,
    [3, 6],
  ],
  ["ruby", ["class A", "  def get(n)", "    n + 1", "  end", "end"], 3, [2, 4]],
] as const)("finds where it begins and ends by how it is indented: %s", (_, body, at, span) => {
  const text = [...body, ...lines(body.length + 1, 200)];
  const diff = diffOf("a.x", `@@ -${at} +${at} @@`, "-x", `+${body[at - 1]}`);

  const excerpts = changedCode(diff, changeSet(written("a.x", text)));

  expect(excerpts.map(({ from, to }) => [from, to])).toEqual([span]);
});

it("shows a few lines around what is in no function, and neighbours as one", () => {
  const diff = diffOf("a.ts", "@@ -200 +200 @@", "-x", "+y", "@@ -205 +205 @@", "-x", "+y");

  const excerpts = changedCode(diff, changeSet(written("a.ts", LONG)));

  expect(excerpts.map(({ from, to }) => [from, to])).toEqual([[190, 215]]);
});

it("shows small files whole, code before tests, and no new file a second time", () => {
  const hunk = "@@ -1 +1 @@";
  const diff = ["a.test.ts", "a.ts", "new.ts"].map((path) => diffOf(path, hunk, "-x", "+y")).join("\n");
  const files = [written("a.test.ts", ["t"]), written("a.ts", ["y", "z"]), written("new.ts", ["n"], null)];

  expect(changedCode(diff, changeSet(...files))).toEqual([
    { path: "a.ts", from: 1, to: 2, text: "y\nz" },
    { path: "a.test.ts", from: 1, to: 1, text: "t" },
  ]);
});

it("leaves out what is too much, and cuts nothing in the middle", () => {
  const wide = Array.from({ length: 100 }, () => "x".repeat(500));
  const diff = ["a.ts", "b.ts"].map((path) => diffOf(path, "@@ -1 +1 @@", "-x", "+y")).join("\n");

  const excerpts = changedCode(diff, changeSet(written("a.ts", wide), written("b.ts", ["small"])));

  expect(excerpts.map(({ path }) => path)).toEqual(["b.ts"]);
});
