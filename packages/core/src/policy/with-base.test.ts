import { describe, expect, it } from "vitest";
import { type ChangeSet, changeSetDigest, type FileChange, type FileMode } from "../change-set.ts";
import { hiddenBefore } from "../hidden.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { judge } from "./judge.ts";
import { namesIn } from "./judge-content.ts";
import { newEffort } from "./secrets/effort.ts";
import { findSecrets } from "./secrets/find-secrets.ts";
import { type Base, pathsToRead, withBase } from "./with-base.ts";

const HIDDEN = "if (a\u202e) {}\n";
const KEYED = `{"a": "https://evil.example/a"}`;

function write(path: string, claims: Partial<FileChange> = {}, text = "x"): FileChange {
  const contentBase64 = Buffer.from(text).toString("base64");
  return { kind: "write", path, mode: "100644", baseMode: null, contentBase64, ...claims } as FileChange;
}

function changeOf(...files: FileChange[]): ChangeSet {
  return { baseSha: "a".repeat(40), files, title: "t", summary: "s" };
}

function baseOf(modes: Record<string, FileMode>, texts: Record<string, string> = {}): Base {
  return { modes: new Map(Object.entries(modes)), texts: new Map(Object.entries(texts)) };
}

const rulesOf = (changeSet: ChangeSet) =>
  judge(changeSet, DEFAULT_SETTINGS, findSecrets).findings.map(({ rule }) => rule);

describe("what a sender claims of the base", () => {
  it.each([
    [
      "a mode that was never there",
      write("run", { mode: "100755", baseMode: "100755" }),
      baseOf({ run: "100644" }),
      "mode.executable",
    ],
    ["a file that was never there", write("a\u200b.ts", { baseMode: "100644" }), baseOf({}), "path"],
    ["no twin beside it", write("readme.md"), baseOf({ "README.md": "100644" }), "path.twin"],
    [
      "a file of its own instead of a twin",
      write("readme.md", { baseMode: "100644" }),
      baseOf({ "README.md": "100644" }),
      "path.twin",
    ],
    [
      "hidden characters that were never there",
      write("a.ts", { baseMode: "100644", hiddenBefore: hiddenBefore(HIDDEN, HIDDEN) }, HIDDEN),
      baseOf({ "a.ts": "100644" }, { "a.ts": "if (a) {}\n" }),
      "content.hidden",
    ],
    [
      "hidden characters of a file that nobody could read",
      write("a.ts", { baseMode: "100644", hiddenBefore: hiddenBefore(HIDDEN, HIDDEN) }, HIDDEN),
      baseOf({ "a.ts": "100644" }),
      "content.hidden",
    ],
    [
      "hosts that were never there",
      write(
        "vercel.json",
        {
          baseMode: "100644",
          knownBefore: namesIn("vercel.json", KEYED, { findSecrets, effort: newEffort() }),
        },
        KEYED,
      ),
      baseOf({ "vercel.json": "100644" }, { "vercel.json": "{}" }),
      "content.host",
    ],
  ])("is not believed: %s", (_what, file, base, rule) => {
    const changeSet = changeOf(file);

    expect(rulesOf(changeSet)).not.toContain(rule);
    expect(rulesOf(withBase(changeSet, base, findSecrets))).toContain(rule);
    expect(changeSetDigest(withBase(changeSet, base, findSecrets))).toBe(changeSetDigest(changeSet));
  });

  it.each([
    ["a mode that was there", write("run", { mode: "100755" }), baseOf({ run: "100755" })],
    ["a file that was there", write("a\u200b.ts"), baseOf({ "a\u200b.ts": "100644" })],
    ["a twin that is not there", write("readme.md", { twinOf: "README.md" }), baseOf({})],
    [
      "hidden characters that were there",
      write("a.ts", {}, HIDDEN),
      baseOf({ "a.ts": "100644" }, { "a.ts": HIDDEN }),
    ],
  ])("is not needed: %s", (_what, file, base) => {
    expect(rulesOf(changeOf(file))).not.toEqual([]);
    expect(rulesOf(withBase(changeOf(file), base, findSecrets))).toEqual([]);
  });

  it("is looked up only in files with something to look for", () => {
    const changeSet = changeOf(
      write("a.ts", {}, HIDDEN),
      write("b.ts"),
      write("new.ts", {}, HIDDEN),
      write("go.mod", {}, "require evil.example/x v1"),
    );

    expect(
      pathsToRead(
        changeSet,
        baseOf({ "a.ts": "100644", "b.ts": "100644", "go.mod": "100644" }).modes,
        findSecrets,
      ),
    ).toEqual(["a.ts", "go.mod"]);
  });
});
