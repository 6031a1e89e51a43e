import { describe, expect, it } from "vitest";
import type { FileChange } from "../change-set.ts";
import { hiddenBefore } from "../hidden.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { judge } from "./judge.ts";
import { findSecrets } from "./secrets/find-secrets.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const remove = (path: string): FileChange => ({ kind: "delete", path });

function make(path: string, content = "x\n"): FileChange {
  return { kind: "write", path, mode: "100644", baseMode: null, contentBase64: base64(content) };
}

/** As a runner sends it that saw a twin in the base. */
function makeBeside(path: string, twinOf: string): FileChange {
  return { kind: "write", path, mode: "100644", baseMode: null, contentBase64: "", twinOf };
}

/** As a runner sends it: with what the base has of it already. */
function edit(path: string, before: string, after: string): FileChange {
  const known = hiddenBefore(before, after);
  const content = known === undefined ? {} : { hiddenBefore: known };
  return {
    kind: "write",
    path,
    mode: "100644",
    baseMode: "100644",
    contentBase64: base64(after),
    ...content,
  };
}

function rulesOf(...files: FileChange[]) {
  const changeSet = { baseSha: "a".repeat(40), title: "t", summary: "s", files };
  return judge(changeSet, DEFAULT_SETTINGS, findSecrets).findings.map(({ rule }) => rule);
}

describe("K5: policy judges what a change adds", () => {
  it.each([
    [
      "a file with a byte-order mark",
      "\ufeffusing System;\r\nint a;\r\n",
      "\ufeffusing Other;\r\nint a;\r\n",
    ],
    ["the joiner of an emoji", "by 👨‍💻 and 👩🏽‍🚀\n", "made by 👨‍💻 and 👩🏽‍🚀\n"],
    ["Persian joiners", "می‌خواهم\n", "من می‌خواهم\n"],
    ["Hindi joiners", "क्‍ष और क्‌ष\n", "क्‍ष तथा क्‌ष\n"],
    ["colours in a snapshot", "\u001b[31mold\u001b[39m\n", "\u001b[31mnew\u001b[39m\n"],
    ["a cursor move in a snapshot", "a\u001b[2Kb\nc\n", "a\u001b[2Kb\nd\n"],
    ["a soft hyphen elsewhere in the file", "Donau\u00addampf\nx\n", "Donau\u00addampf\ny\n"],
  ])("K5: finds nothing in an edit beside %s", (_what, before, after) => {
    expect(rulesOf(edit("src/a.txt", before, after))).toEqual([]);
  });

  it.each([
    ["an emoji with its joiner", "by 👨‍💻\n"],
    ["Persian", "می‌خواهم\n"],
    ["Hindi", "क्‍ष\n"],
  ])("K5: finds nothing in a new file with %s", (_what, content) => {
    expect(rulesOf(make("src/a.txt", content))).toEqual([]);
  });

  it.each([
    ["a zero-width space in an identifier", "isAdmin\n", "is\u200bAdmin\n"],
    ["a joiner in an identifier", "isAdmin\n", "is\u200dAdmin\n"],
    ["a bidi override", "if (a) {}\n", "if (a\u202e) {}\n"],
    ["one more of what was there", "is\u200bAdmin\n", "is\u200bAdmin\nis\u200bAdmin\n"],
    ["what was there, in another place", "x\u202ey\nif (a) {}\n", "xy\nif (a\u202e) {}\n"],
    ["a byte-order mark", "a\n", "\ufeffa\n"],
    ["a doubled joiner", "می‌خواهم\n", "می‌‌خواهم\n"],
  ])("K5: finds %s that a change adds", (_what, before, after) => {
    expect(rulesOf(edit("src/a.txt", before, after))).toEqual(["content.hidden"]);
  });

  it("K5: says which character is added, and in which line", () => {
    const files = [edit("src/a.ts", "a\nis\n", "a\nis\u200b\n")];
    const verdict = judge(
      { baseSha: "a".repeat(40), title: "t", summary: "s", files },
      DEFAULT_SETTINGS,
      findSecrets,
    );

    expect(verdict.findings[0]?.message).toContain("Line 2");
    expect(verdict.findings[0]?.message).toContain("U+200B");
  });
});

describe("K5: names of paths", () => {
  it.each([
    ["renames a badly named file", [remove("docs/Part 1: Start.md"), make("docs/part-1.md")]],
    ["deletes paths nobody could make", ["a\\b", "new\nline", "~x", "a\u200b.ts", "C:x"].map(remove)],
    ["edits a badly named file that is there", [edit("docs/Part 1: Start.md", "a\n", "b\n")]],
    ["renames by case alone", [remove("ReadMe.md"), make("README.md")]],
    ["makes a folder of a file", [remove("a"), make("a/b")]],
    ["names a new file with a colourful emoji", [make("docs/I ❤️ it.md")]],
  ])("K5: %s", (_what, files) => {
    expect(rulesOf(...files)).toEqual([]);
  });

  it.each([".git/config", "x/.GIT/hooks/a", "GIT~1/a", "a\\.git\\config", "../x", "/etc/x"])(
    "K5: does not delete %j",
    (path) => {
      expect(rulesOf(remove(path))).toEqual(["path"]);
    },
  );

  it.each([
    ...["a\u00adb", "a\u034fb", "a\u180eb", "a\u3164b", "a\u{e0041}b", "a\u200db"],
    ...["GITATT~1", "gitatt~4", "GITMOD~1", "gi7eba~1", "gi7d29~1", "git~2"],
  ])("K5: refuses the new path %j", (path) => {
    expect(rulesOf(make(path))).toEqual(["path"]);
  });

  it.each([
    ["composed and decomposed", [make("caf\u00e9.md"), make("cafe\u0301.md")]],
    ["upper and lower case", [make("A.ts"), make("a.ts")]],
    ["a file beside a folder of its name", [make("a"), make("a/b")]],
    ["a file beside a folder, in another case", [make("A"), make("a/b/c")]],
    ["a twin of a file that stays", [makeBeside("README.md", "ReadMe.md")]],
  ])("K5: refuses twins: %s", (_what, files) => {
    expect(rulesOf(...files)).toEqual(["path.twin"]);
  });

  it("K5: refuses the same path twice", () => {
    expect(rulesOf(remove("a"), make("a"))).toEqual(["path.duplicate"]);
  });
});
