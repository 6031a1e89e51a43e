import { expect, it } from "vitest";
import { annotationsOf } from "./annotations.ts";

const finding = { path: "src/sum.js", line: 3, severity: "major", why: "It rounds.", wanted: "" } as const;
const policy = {
  rule: "path.ci",
  path: ".github/x.yml",
  message: "CI is protected.",
  level: "block",
} as const;

it("each finding stands at its line, the policy's first, as loud as it is grave", () => {
  const found = {
    policy: [policy, { ...policy, level: "refuse" as const }],
    critic: [
      finding,
      { ...finding, severity: "blocker" as const, wanted: "Round once." },
      { ...finding, severity: "minor" as const, line: null },
    ],
  };

  expect(annotationsOf(found).map(({ path, line, level }) => `${path}:${line} ${level}`)).toEqual([
    ".github/x.yml:1 warning",
    ".github/x.yml:1 failure",
    "src/sum.js:3 warning",
    "src/sum.js:3 failure",
    "src/sum.js:1 notice",
  ]);
  expect(annotationsOf(found)[3]?.message).toBe("It rounds.\n\nWanted: Round once.");
});

it.each([
  ["no file", null],
  ["an empty name", ""],
  ["a name that hides something", "src/\u202egnp.js"],
])("a finding of %s stands nowhere", (_what, path) => {
  expect(annotationsOf({ policy: [{ ...policy, path }], critic: [{ ...finding, path }] })).toEqual([]);
});

it("what a text hides is shown, and it is cut where nobody reads on", () => {
  const [annotation] = annotationsOf({
    policy: [],
    critic: [{ ...finding, why: `a\u200bb${"x".repeat(10_000)}` }],
  });

  expect(annotation?.message.startsWith("a⟨U+200B⟩b")).toBe(true);
  expect(annotation?.message.length).toBe(4_000);
});
