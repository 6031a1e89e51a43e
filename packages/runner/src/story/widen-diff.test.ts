import type { ChangeSet } from "@aicd/core";
import { expect, it } from "vitest";
import { widenDiff } from "./widen-diff.ts";

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
  const head = [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`];
  return `${[...head, ...hunks].join("\n")}\n`;
}

/** Where each hunk of a diff lies on the new side. */
function placesIn(diff: string): number[][] {
  return [...diff.matchAll(/^@@ -\d+,\d+ \+(\d+),(\d+) @@/gm)].map(([, from, count]) => [
    Number(from),
    Number(from) + Number(count) - 1,
  ]);
}

it("shows the function a change is in whole, of a long file nothing else", () => {
  const diff = diffOf("a.ts", "@@ -102 +102 @@", "-  return a;", "+  return b;");

  expect(widenDiff(diff, changeSet(written("a.ts", LONG)))).toBe(
    diffOf(
      "a.ts",
      "@@ -100,5 +100,5 @@",
      " export function middle(a: number): number {",
      "   const b = a + 1;",
      "-  return a;",
      "+  return b;",
      "   // the end",
      " }",
    ),
  );
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

  expect(placesIn(widenDiff(diff, changeSet(written("a.x", text))))).toEqual([span]);
});

it("shows a few lines around what is in no function, and neighbours as one", () => {
  const diff = diffOf("a.ts", "@@ -200 +200 @@", "-x", "+y", "@@ -205,2 +205 @@", "-x", "-x", "+y");

  const wide = widenDiff(diff, changeSet(written("a.ts", LONG)));

  expect(placesIn(wide)).toEqual([[190, 215]]);
  expect(wide).toContain("@@ -190,27 +190,26 @@");
});

it("counts on where lines above were added", () => {
  const diff = diffOf(
    "a.ts",
    "@@ -9,0 +10,5 @@",
    ...lines(10, 14).map((line) => `+${line}`),
    "@@ -97 +102 @@",
    "-x",
    "+y",
  );

  const wide = widenDiff(diff, changeSet(written("a.ts", LONG)));

  expect(wide).toContain("@@ -95,5 +100,5 @@");
});

it("shows small files whole, code before tests, and leaves new and lost files as they are", () => {
  const hunk = ["@@ -1 +1 @@", "-x", "+y"];
  const fresh = diffOf("new.ts", "@@ -0,0 +1 @@", "+n");
  const gone = [
    "diff --git a/old.ts b/old.ts",
    "--- a/old.ts",
    "+++ /dev/null",
    "@@ -1 +0,0 @@",
    "-x",
    "",
  ].join("\n");
  const files = [
    written("a.test.ts", ["y"]),
    written("a.ts", ["y", "z"]),
    written("new.ts", ["n"], null),
    { kind: "delete", path: "old.ts" } as const,
  ];

  expect(
    widenDiff(diffOf("a.test.ts", ...hunk) + diffOf("a.ts", ...hunk) + fresh + gone, changeSet(...files)),
  ).toBe(
    diffOf("a.ts", "@@ -1,2 +1,2 @@", "-x", "+y", " z") +
      fresh +
      gone +
      diffOf("a.test.ts", "@@ -1,1 +1,1 @@", "-x", "+y"),
  );
});

it("leaves narrow what would be too much", () => {
  const wide = Array.from({ length: 100 }, () => "x".repeat(500));
  const narrow = diffOf("a.ts", "@@ -1 +1 @@", "-x", `+${wide[0]}`);

  const diff = widenDiff(
    narrow + diffOf("b.ts", "@@ -1 +1 @@", "-x", "+y"),
    changeSet(written("a.ts", wide), written("b.ts", ["y", "small"])),
  );

  expect(diff).toBe(narrow + diffOf("b.ts", "@@ -1,2 +1,2 @@", "-x", "+y", " small"));
});

it("keeps the word on a missing last line end", () => {
  const end = "\\ No newline at end of file";
  const diff = diffOf("a.ts", "@@ -2 +2 @@", "-x", end, "+y", end);
  const file = { ...written("a.ts", []), contentBase64: Buffer.from("z\ny").toString("base64") };

  expect(widenDiff(diff, changeSet(file))).toBe(
    diffOf("a.ts", "@@ -1,2 +1,2 @@", " z", "-x", end, "+y", end),
  );
});
